import { delay, until } from '@tandem/testing';
import { type ClusterStatus } from '@tandem/tandem';

import { type ChaosRun } from '../run.ts';
import { dedupStatus } from '../stage/fleet.ts';

const PROGRESS = 60;
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

async function killUntilElected(run: ChaosRun, cluster: string, before: string): Promise<string> {
  const dedup = run.fleet.first('dedup');
  const beganMs = performance.now();
  for (let kills = 0; ; kills++) {
    await delay(run.random.between(0, 400));
    await dedup.kill();
    dedup.start();
    await dedup.ready();
    const { elected } = await untilElected(run, cluster);
    if (elected !== undefined && elected.replica !== before) {
      run.note(`${dedup.name} killed ${kills + 1} times on the way`);
      return elected.replica;
    }
    if (performance.now() - beganMs > STATUS_TIMEOUT_MS) throw new Error(`cannot see a failover of ${cluster}`);
  }
}

async function untilElected(run: ChaosRun, cluster: string): Promise<ClusterStatus> {
  return until(
    async () => {
      const { clusters } = await dedupStatus(run.fleet.first('dedup'));
      return clusters.find((status) => status.cluster === cluster && status.elected !== undefined);
    },
    { what: `a replica of ${cluster} elected`, timeoutMs: STATUS_TIMEOUT_MS, detail: () => run.describe() },
  );
}
