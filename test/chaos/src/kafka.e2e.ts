import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { kafkaProcess, redisCommand, redisServer } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { endOpenRuns } from './ending.ts';
import { withRun } from './run.ts';
import {
  expectFailoversAmid,
  expectFailoversAmidRebalances,
  expectFillsAmidKills,
  expectNoZombies,
  expectOneFailover,
  expectToScaleOut,
  expectToSurviveKills,
} from './scenario/expectations.ts';
import { brokerRestart, leaseStoreLoss } from './scenario/failover-amid.ts';
import { restartBroker, restartLeaseStore } from './scenario/outages.ts';
import { rounds } from './scenario/rounds.ts';
import { KafkaAndRedis } from './stage/backend.ts';

const TIMEOUT_MS = 240_000 * rounds();
const SIZE = { ingest: 2, dedup: 1, forward: 1 };
const CLUSTERS = ['c0', 'c1'];

const describeWith = await requires(kafkaProcess, redisServer);

describeWith('services in processes of their own, on Kafka 4.1 and Redis', () => {
  let source: KafkaAndRedis;
  beforeAll(async () => {
    source = await KafkaAndRedis.start();
  }, 120_000);
  afterEach(endOpenRuns, 60_000);
  afterAll(() => source.stop(), 30_000);

  test(
    'they are killed at random moments, then all at once: nothing is lost, nothing is there twice',
    () => expectToSurviveKills(source),
    TIMEOUT_MS,
  );

  test(
    'the elected replica stops while dedup is killed again and again: one election, no sample lost, none twice',
    () => expectOneFailover(source),
    TIMEOUT_MS,
  );

  test(
    'members of dedup are killed, join and leave: the others take their partitions over without loss or double',
    () => expectToScaleOut(source),
    TIMEOUT_MS,
  );

  test(
    'members of dedup join and leave every few seconds while replicas fail over: one election each, no sample lost, none twice',
    () => expectFailoversAmidRebalances(source),
    TIMEOUT_MS,
  );

  test(
    'members that stood still for longer than their session go on: they write nothing that others have written',
    () => expectNoZombies(source),
    TIMEOUT_MS,
  );

  test(
    'the broker is killed and comes back: everything goes on by itself, nothing is lost, nothing is there twice',
    async () => {
      const options = { title: 'broker', source, size: SIZE, clusters: CLUSTERS };
      const { findings } = await withRun(options, (run) => restartBroker(run, source.kafka));
      expect(findings).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'Redis is killed, and emptied: the stream goes on, the leases are there again',
    async () => {
      const options = { title: 'leases', source, size: SIZE, clusters: CLUSTERS };
      const { findings } = await withRun(options, async (run) => {
        const leases = source.openLeases(run.backend);
        await restartLeaseStore(run, source.redis, leases).finally(() => leases.close());
      });
      expect(findings).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'the broker is killed again and again while a replica fails over: no sample lost, none twice',
    async () => {
      const options = { title: 'broker in failovers', source, size: SIZE, clusters: ['c0'] };
      await expectFailoversAmid(options, brokerRestart(source.kafka));
    },
    TIMEOUT_MS,
  );

  test(
    'Redis is killed and emptied again and again while replicas fail over: no sample lost, none twice',
    async () => {
      const options = { title: 'leases in failovers', source, size: SIZE, clusters: CLUSTERS };
      await expectFailoversAmid(options, leaseStoreLoss(source.redis));
    },
    TIMEOUT_MS,
  );

  test(
    'dedup is killed and Redis emptied again and again while targets are filled and a living replica is succeeded: no scrape missing, none twice',
    () => expectFillsAmidKills(source, () => redisCommand(source.redis.address, 'FLUSHALL')),
    TIMEOUT_MS,
  );
});
