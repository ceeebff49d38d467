import { describe, expect, test } from '@jest/globals';

import { withRun } from './run.ts';
import { killAtRandom } from './scenario/kills.ts';
import { rounds } from './scenario/rounds.ts';
import { EMBEDDED } from './stage/backend.ts';

const TIMEOUT_MS = 300_000 * rounds();

describe('services in processes of their own, on the embedded log', () => {
  test(
    'they are killed at random moments: nothing is lost, nothing is there twice',
    async () => {
      const size = { ingest: 2, dedup: 1, forward: 1 };
      const options = { title: 'kills', source: EMBEDDED, size, clusters: ['c0', 'c1'] };
      const verdict = await withRun(options, killAtRandom);
      expect(verdict.findings).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
