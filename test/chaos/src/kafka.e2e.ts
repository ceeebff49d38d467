import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { kafkaProcess, redisServer } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { withRun } from './run.ts';
import { killAtRandom } from './scenario/kills.ts';
import { rounds } from './scenario/rounds.ts';
import { KafkaAndRedis } from './stage/backend.ts';

const TIMEOUT_MS = 300_000 * rounds();

const describeWith = await requires(kafkaProcess, redisServer);

describeWith('services in processes of their own, on Kafka 4.1 and Redis', () => {
  let source: KafkaAndRedis;
  beforeAll(async () => {
    source = await KafkaAndRedis.start();
  }, 120_000);
  afterAll(() => source.stop(), 30_000);

  test(
    'they are killed at random moments: nothing is lost, nothing is there twice',
    async () => {
      const size = { ingest: 2, dedup: 1, forward: 1 };
      const verdict = await withRun({ title: 'kills', source, size, clusters: ['c0', 'c1'] }, killAtRandom);
      expect(verdict.findings).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
