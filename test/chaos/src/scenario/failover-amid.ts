import { delay, type KafkaProcess, redisCommand, type RedisServer, until } from '@tandem/testing';

import { allEnded } from '../ending.ts';
import { type ChaosRun } from '../run.ts';
import { dedupStatus } from '../stage/fleet.ts';
import { type FailoverStory } from './failover.ts';
import { untilShared } from './partitions.ts';
import { rounds } from './rounds.ts';

const PROGRESS = 40;
/** Requests between two steps of a disturbance: enough for the records of a standby that elect it. */
const STEP_PROGRESS = 20;
const ELECTION_TIMEOUT_MS = 60_000;
const LONGEST_CALM_MS = 1500;

/** Something that happens to the pipeline again and again; a step resolves when it is over. */
export type Disturbance = (run: ChaosRun) => Promise<void>;

/**
 * The elected replica of each cluster in turn stops; while its successor is awaited, and once more when it is elected and
 * its seam is read again, something happens to the pipeline. Then the replica comes back.
 */
export async function failOverAmid(run: ChaosRun, disturb: Disturbance): Promise<readonly FailoverStory[]> {
  const stories: FailoverStory[] = [];
  await run.load.progress(PROGRESS);
  for (let round = 0; round < rounds(); round++) {
    for (const cluster of run.options.clusters) stories.push(await failOverOne(run, cluster, disturb));
  }
  return stories;
}

async function failOverOne(run: ChaosRun, cluster: string, disturb: Disturbance): Promise<FailoverStory> {
  const { load } = run;
  const before = await untilElected(run, cluster, () => true);
  await load.crashReplica(cluster, before);
  run.note(`replica ${before} of ${cluster} stopped`);
  const waiting = { isOver: false };
  const election = untilElected(run, cluster, (replica) => replica !== before).finally(() => {
    waiting.isOver = true;
  });
  const [after] = await allEnded([election, disturbUntilOver(run, disturb, waiting)]);
  run.note(`replica ${after} of ${cluster} elected`);
  await disturb(run);
  load.startReplica(cluster, before);
  run.note(`replica ${before} of ${cluster} is back`);
  await load.progress(PROGRESS);
  return { cluster, before, after };
}

async function disturbUntilOver(
  run: ChaosRun,
  disturb: Disturbance,
  waiting: { readonly isOver: boolean },
): Promise<void> {
  do await disturb(run);
  while (!waiting.isOver);
}

/** Waits until any member of dedup says that such a replica is elected, and returns it. */
function untilElected(run: ChaosRun, cluster: string, isWanted: (replica: string) => boolean): Promise<string> {
  return until(
    async () => {
      const members = run.fleet.of('dedup').filter(({ running }) => running);
      // One that is just leaving or joining does not answer.
      const statuses = await Promise.allSettled(members.map(dedupStatus));
      const clusters = statuses.flatMap((status) => (status.status === 'fulfilled' ? status.value.clusters : []));
      return clusters
        .filter((status) => status.cluster === cluster)
        .map(({ elected }) => elected?.replica ?? '')
        .find((replica) => replica !== '' && isWanted(replica));
    },
    {
      what: `a replica of ${cluster} elected`,
      timeoutMs: ELECTION_TIMEOUT_MS,
      intervalMs: 100,
      detail: () => run.describe(),
    },
  );
}

/** The group of dedup changes: a member leaves, or joins again; the first one stays. */
export const rebalance: Disturbance = async (run) => {
  const [, ...others] = run.fleet.of('dedup');
  const member = run.random.pick(others);
  if (member.running) {
    await member.stop();
    run.note(`${member.name} left`);
  } else {
    member.start();
    await member.ready();
    run.note(`${member.name} joined`);
  }
  await goOn(run);
};

/** The broker is killed and comes back with its data, and dedup finds its partitions again. */
export function brokerRestart(kafka: KafkaProcess): Disturbance {
  return async (run) => {
    await kafka.kill();
    await delay(run.random.between(0, LONGEST_CALM_MS));
    await kafka.restart();
    run.note(`broker killed and back, partitions held after ${await untilShared(run.fleet.of('dedup'))} ms`);
    await goOn(run);
  };
}

/** Redis is killed, comes back empty, and is emptied once more while it runs. */
export function leaseStoreLoss(redis: RedisServer): Disturbance {
  return async (run) => {
    await redis.kill();
    await goOn(run);
    await redis.start();
    await goOn(run);
    await redisCommand(redis.address, 'FLUSHALL');
    run.note('Redis killed, back and emptied');
    await goOn(run);
  };
}

/** Some requests and some time go by. */
async function goOn({ load, random }: ChaosRun): Promise<void> {
  await load.progress(STEP_PROGRESS);
  await delay(random.between(0, LONGEST_CALM_MS));
}
