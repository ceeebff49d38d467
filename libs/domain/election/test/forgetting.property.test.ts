import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { DEFAULT_ELECTION_SETTINGS, ElectionTable, type ElectionSettings, type JudgedRecord } from '../src/index.ts';

const SETTINGS: ElectionSettings = { ...DEFAULT_ELECTION_SETTINGS, idleTimeoutMs: 60_000, forgetAfterMs: 180_000 };

/** Records of clusters that come and go, with steps of time from seconds to longer than a cluster is remembered. */
const records: fc.Arbitrary<readonly JudgedRecord[]> = fc
  .array(
    fc.record({
      cluster: fc.constantFrom('t/v', 't/w', 't/x', 't/y', 't/z'),
      replica: fc.constantFrom('a', 'b'),
      stepMs: fc.oneof(fc.nat(5000), fc.constantFrom(31_000, 61_000, 121_000, 200_000)),
      hasSamples: fc.boolean(),
    }),
    { maxLength: 120 },
  )
  .map((steps) => {
    let timestampMs = 1_000_000;
    return steps.map(({ cluster, replica, stepMs, hasSamples }) => {
      timestampMs += stepMs;
      const span = hasSamples ? { minTimestampMs: timestampMs, maxTimestampMs: timestampMs } : {};
      return { tenant: 't', cluster, replica, timestampMs, ...span };
    });
  });

type Shown = ReturnType<typeof show>;

/** What a table says to a record: what it forgets and decides. */
function show(table: ElectionTable, record: JudgedRecord) {
  const silent = table.advance(record.timestampMs);
  const { effect, verdict, reason } = table.judge(record);
  return { silent, verdict, reason, election: effect?.kind === 'elect' ? effect.election : undefined };
}

/** What is written down of a table, read by another one. */
function restored(table: ElectionTable): ElectionTable {
  const { forgottenEpoch } = table;
  const other = new ElectionTable(SETTINGS, { forgottenEpoch });
  for (const entry of table.entries()) other.restore(entry);
  other.recallTime(table.nowMs);
  return other;
}

const isForgotten = ({ silent }: Shown): boolean => silent.some(({ kind }) => kind === 'forgotten');

describe('forgetting', () => {
  test('E7: no epoch of a cluster is used twice, however often it is forgotten', () => {
    let forgot = 0;
    fc.assert(
      fc.property(records, (log) => {
        const table = new ElectionTable(SETTINGS);
        const newest = new Map<string, number>();
        for (const record of log) {
          const shown = show(table, record);
          if (isForgotten(shown)) forgot++;
          if (shown.election === undefined) continue;
          expect(shown.election.epoch).toBeGreaterThan(newest.get(record.cluster) ?? 0);
          newest.set(record.cluster, shown.election.epoch);
        }
      }),
    );
    expect(forgot).toBeGreaterThan(0);
  });

  test('E8, E30: what is forgotten is the same wherever somebody else takes over', () => {
    fc.assert(
      fc.property(records, fc.nat(120), (log, cut) => {
        const whole = new ElectionTable(SETTINGS);
        let parts = new ElectionTable(SETTINGS);
        log.forEach((record, i) => {
          // Whoever takes over knows what was written down and recalled: here it is all of it.
          if (i === cut) parts = restored(parts);
          expect(show(parts, record)).toEqual(show(whole, record));
        });
        expect([...parts.entries()]).toEqual([...whole.entries()]);
        expect(parts.forgottenEpoch).toBe(whole.forgottenEpoch);
      }),
    );
  });

  test('E29: nothing is known of a cluster a minute after it was silent for the time, and of others as before', () => {
    fc.assert(
      fc.property(records, (log) => {
        const table = new ElectionTable(SETTINGS);
        const forgetful = new ElectionTable({ ...SETTINGS, forgetAfterMs: 0 });
        const elections = { some: 0, all: 0 };
        for (const record of log) {
          const shown = show(table, record);
          const never = show(forgetful, record);
          // Forgetting decides nothing but the number of an election.
          expect([shown.verdict, shown.reason]).toEqual([never.verdict, never.reason]);
          expect(shown.election?.replica).toBe(never.election?.replica);
          if (shown.election !== undefined) elections.some++;
          if (never.election !== undefined) elections.all++;
          for (const { state } of table.entries()) {
            const silentMs = table.nowMs - state.heardAtMs;
            expect(silentMs).toBeLessThan(LONGEST_SILENCE_MS);
          }
        }
        expect(elections.some).toBe(elections.all);
      }),
    );
  });
});

/** A step may jump over marks: silent, vacant at one mark, forgotten at the next one that is met. */
const LONGEST_SILENCE_MS = SETTINGS.forgetAfterMs + 2 * 200_000;
