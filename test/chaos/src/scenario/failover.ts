import { delay, until } from '@tandem/testing';
import { type ClusterStatus } from '@tandem/tandem';

import { type ChaosRun } from '../run.ts';
import { dedupStatus } from '../stage/fleet.ts';
import { rounds } from './rounds.ts';

const PROGRESS = 60;
const KILLS = 3;
const STATUS_TIMEOUT_MS = 30_000;

/** Who was elected before and after. */
export interface FailoverStory {
  readonly cluster: string;
  readonly before: string;
  readonly after: string;
}

/**
 * The elected replica of a cluster stops while dedup is killed again and again, before, at and after the moment of the
 * election; then the replica comes back.
 */
export async function failOver(run: ChaosRun, cluster: string): Promise<FailoverStory> {
  const { load } = run;
  await load.progress(PROGRESS);
  const { elected: { replica: before } = { replica: '' } } = await untilElected(run, cluster);
  await load.crashReplica(cluster, before);
  run.note(`replica ${before} of ${cluster} stopped`);
  const after = await killUntilElected(run, cluster, before);
  run.note(`replica ${after} of ${cluster} elected`);
  await load.progress(PROGRESS);
  load.startReplica(cluster, before);
  run.note(`replica ${before} of ${cluster} is back`);
  await load.progress(PROGRESS);
  return { cluster, before, after };
}

/** Kills dedup some time after it has taken over, some times; then leaves it alone. */
async function killUntilElected(run: ChaosRun, cluster: string, before: string): Promise<string> {
  const { fleet, random } = run;
  const dedup = fleet.first('dedup');
  for (let kill = 0; kill < KILLS * rounds(); kill++) {
    await delay(random.between(0, 2000));
    await dedup.kill();
    dedup.start();
    await dedup.ready();
    const { elected } = await untilElected(run, cluster);
    run.note(`${dedup.name} killed, then ${elected?.replica ?? 'nobody'} elected`);
  }
  const { elected } = await untilElected(run, cluster, (status) => status.elected?.replica !== before);
  return elected?.replica ?? '';
}

async function untilElected(
  run: ChaosRun,
  cluster: string,
  condition: (status: ClusterStatus) => boolean = () => true,
): Promise<ClusterStatus> {
  return until(
    async () => {
      const { clusters } = await dedupStatus(run.fleet.first('dedup'));
      return clusters.find((status) => status.cluster === cluster && status.elected !== undefined && condition(status));
    },
    { what: `a replica of ${cluster} elected`, timeoutMs: STATUS_TIMEOUT_MS, detail: () => run.describe() },
  );
}
