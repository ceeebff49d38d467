import { setMaxListeners } from 'node:events';

import { describe, expect, test } from '@jest/globals';

import { simulateSpread } from './simulate-spread.ts';
import { traceOfSpread } from './trace-spread.ts';

/** Seeds of each kind of trouble; `npm run simulate -- --spread` plays new ones. */
const SEEDS = [1, 3, 7, 11, 14, 24, 61, 71, 300_016, 300_028, 4027];

// The simulated log listens for the end of a claim anew at each wait.
setMaxListeners(0);

/** What is wrong in the world of a seed, in words; nothing: an empty text. */
async function troubleOf(seed: number): Promise<string> {
  const simulation = await simulateSpread(seed);
  return simulation.findings.violations.length === 0 ? '' : traceOfSpread(simulation);
}

describe('a simulated world with spread clusters', () => {
  test.each(SEEDS)(
    'of seed %i comes out once, in order, without a gap, with one election for all shards',
    async (seed) => {
      expect(await troubleOf(seed)).toBe('');
    },
  );
});
