import { type LeaseStore } from '@tandem/election';
import { delay, type KafkaProcess, redisCommand, type RedisServer, until } from '@tandem/testing';

import { type ChaosRun } from '../run.ts';
import { dedupStatus } from '../stage/fleet.ts';
import { rounds } from './rounds.ts';

const PROGRESS = 60;
const TIMEOUT_MS = 30_000;

/** The broker dies under load and comes back with its data; nobody restarts Tandem. */
export async function restartBroker(run: ChaosRun, kafka: KafkaProcess): Promise<void> {
  const { load, random } = run;
  for (let restart = 0; restart < 2 * rounds(); restart++) {
    await load.progress(random.between(20, 100));
    await kafka.kill();
    run.note('broker killed');
    if (random.chance(0.5)) await delay(random.between(0, 2000));
    await kafka.restart();
    run.note('broker is back');
    await load.progress(PROGRESS);
    run.note(`${PROGRESS} requests acknowledged since`);
  }
}

/**
 * The lease store dies, comes back empty, and is emptied while it runs: the stream goes on, says so, and the leases
 * are there again.
 */
export async function restartLeaseStore(run: ChaosRun, redis: RedisServer, leases: LeaseStore): Promise<void> {
  const { load } = run;
  const dedup = run.fleet.first('dedup');
  await untilLeases(run, leases);
  await redis.kill();
  run.note('Redis killed');
  await untilDegraded(run, true);
  await load.progress(PROGRESS);
  await redis.start();
  await untilDegraded(run, false);
  await untilLeases(run, leases);
  run.note('Redis is back, leases rebuilt');
  await load.progress(PROGRESS);
  await redisCommand(redis.address, 'FLUSHALL');
  await untilLeases(run, leases);
  run.note('Redis emptied, leases rebuilt');
  await dedup.kill();
  await redisCommand(redis.address, 'FLUSHALL');
  dedup.start();
  await untilLeases(run, leases);
  run.note('Redis emptied while dedup was away, leases rebuilt');
  await load.progress(PROGRESS);
}

async function untilDegraded(run: ChaosRun, expected: boolean): Promise<void> {
  await until(async () => (await dedupStatus(run.fleet.first('dedup'))).degraded.length > 0 === expected, {
    what: expected ? 'dedup degraded' : 'dedup no longer degraded',
    timeoutMs: TIMEOUT_MS,
    detail: () => run.describe(),
  });
}

/** The leases say of all clusters what dedup says. */
async function untilLeases(run: ChaosRun, store: LeaseStore): Promise<void> {
  let listed: readonly string[] = [];
  const agree = async (): Promise<boolean> => {
    const { clusters } = await dedupStatus(run.fleet.first('dedup'));
    listed = (await store.list()).map(({ cluster, epoch, replica }) => `${cluster} ${epoch} ${replica}`);
    return (
      clusters.length === run.options.clusters.length &&
      clusters.every(({ tenant, cluster, epoch, elected }) =>
        listed.includes(`${tenant}/${cluster} ${epoch} ${elected?.replica ?? ''}`),
      )
    );
  };
  await until(agree, {
    what: `leases of ${run.options.clusters.join(', ')}`,
    timeoutMs: TIMEOUT_MS,
    detail: () => `leases: ${listed.join(', ')}\n${run.describe()}`,
  });
}
