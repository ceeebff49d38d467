import { describe, expect, test } from '@jest/globals';

import { DEFAULT_ELECTION_SETTINGS, ElectionTable, type ElectionSettings } from '../src/index.ts';
import { elections, recordsOf, type Sender } from './senders.ts';

const LEARNED: ElectionSettings = { ...DEFAULT_ELECTION_SETTINGS, learned: { leastMs: 10_000, mostMs: 120_000 } };
const NAME = { tenant: 'user', cluster: 'user/c' };

/** The failover timeout after senders have been heard, seconds. */
function timeoutAfter(senders: readonly Sender[], seconds: number, settings = LEARNED): number {
  const table = new ElectionTable(settings);
  elections(table, recordsOf(senders, seconds));
  const state = table.get(NAME.cluster);
  if (state === undefined) throw new Error('nobody is elected');
  return (table.failoverTimeoutMs({ ...NAME, state }) ?? NaN) / 1000;
}

const every = (seconds: number, more: Partial<Sender> = {}): readonly Sender[] => [
  { replica: 'a', every: seconds, ...more },
  { replica: 'b', every: seconds, from: seconds / 3 },
];

describe('a failover timeout that is learned', () => {
  test('E27: is the one chosen until enough was seen', () => {
    expect(timeoutAfter(every(5), 90)).toBe(30);
    expect(timeoutAfter(every(5), 600, DEFAULT_ELECTION_SETTINGS)).toBe(30);
  });

  test('E27: is twice the longest usual gap between the records of the elected replica', () => {
    expect([timeoutAfter(every(7), 600), timeoutAfter(every(15), 600), timeoutAfter(every(30), 900)]).toEqual([
      14, 30, 50,
    ]);
  });

  test('E27: is never below its floor nor above its ceiling', () => {
    const lively = { replica: 'c', every: 1, samples: () => 1 };
    expect(timeoutAfter(every(1), 600)).toBe(10);
    expect(timeoutAfter([...every(100), lively], 7200, { ...LEARNED, failoverTimeoutMs: 110_000 })).toBe(120);
  });

  test('E27: is what the gaps between bursts make it, not what those within do', () => {
    const burst = (replica: string, from: number): readonly Sender[] =>
      [0, 0.1, 0.2, 0.3].map((after) => ({ replica, every: 15, from: from + after }));
    expect(timeoutAfter([...burst('a', 0), ...burst('b', 5)], 600)).toBeCloseTo(2 * 14.7, 3);
  });

  test('E27: does not learn from a single long gap, nor from pauses in which nobody was heard', () => {
    const pause = (at: number): number => (at > 300 && at < 500 ? 500 - at : 0);
    const senders = every(5).map((sender) => ({ ...sender, jitter: pause }));
    expect(timeoutAfter(senders, 800)).toBeLessThanOrEqual(15);
  });

  test('E27: is what is waited for', () => {
    const table = new ElectionTable(LEARNED);
    const held = elections(
      table,
      recordsOf(
        [
          { replica: 'a', every: 2, until: 601 },
          { replica: 'b', every: 2, from: 1 },
        ],
        700,
      ),
    );
    expect(held.slice(1)).toEqual([[611, 'b', 'failover']]);
  });
});
