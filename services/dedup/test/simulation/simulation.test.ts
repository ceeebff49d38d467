import { setMaxListeners } from 'node:events';

import { describe, expect, test } from '@jest/globals';

import { simulate } from './simulation.ts';
import { traceOf } from './trace.ts';

/** Seeds of each kind of trouble; `npm run simulate` plays new ones. */
const SEEDS = [1, 2, 3, 4, 5, 8, 9, 11, 13, 15, 16, 18, 20, 22, 24, 25, 27, 30, 41, 46, 60, 94, 200_056];

// The simulated log listens for the end of a claim anew at each wait.
setMaxListeners(0);

/** What is wrong in the world of a seed, in words; nothing: an empty text. */
async function troubleOf(seed: number): Promise<string> {
  const simulation = await simulate(seed);
  return simulation.findings.violations.length === 0 ? '' : traceOf(simulation);
}

describe('a simulated world', () => {
  test.each(SEEDS)('of seed %i comes out once, in order, without a gap, whatever the consumer', async (seed) => {
    expect(await troubleOf(seed)).toBe('');
  });

  test('is the same again from its seed', async () => {
    const [one, other] = [await simulate(3), await simulate(3)];
    expect(other.history.map(({ record }) => record)).toEqual(one.history.map(({ record }) => record));
    expect(other.output).toEqual(one.output);
  });
});
