import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { SeriesTable, type SampleOrder } from '../src/index.ts';

const MAX_DISTANCE_MS = 0xffffffff;

/** A sample that was let through, of one series. */
interface Passed {
  readonly timestampMs: number;
  readonly epoch: number;
}

/** What came of one series: epochs never go back. */
const arrivals = (times: fc.Arbitrary<number>): fc.Arbitrary<readonly Passed[]> =>
  fc
    .array(fc.record({ timestampMs: times, next: fc.boolean() }), { maxLength: 40 })
    .map((steps) => steps.map(({ timestampMs }, i) => ({ timestampMs, epoch: epochAt(steps, i) })));

function epochAt(steps: readonly { readonly next: boolean }[], until: number): number {
  return 1 + steps.slice(0, until + 1).filter(({ next }, i) => next && i % 4 === 3).length;
}

const near = fc.integer({ min: -15, max: 15 });

/** The words of the SPEC (O1 to O3), over everything that was let through. */
function orderOf(passed: readonly Passed[], { timestampMs, epoch }: Passed): SampleOrder {
  const newest = Math.max(-Infinity, ...passed.map((one) => one.timestampMs));
  if (timestampMs > newest) return 'newer';
  const last = passed.at(-1);
  if (last?.epoch !== epoch) return 'repeat';
  const boundary = Math.max(-Infinity, ...passed.filter((one) => one.epoch !== epoch).map((one) => one.timestampMs));
  const own = passed.filter((one) => one.epoch === epoch).map((one) => one.timestampMs);
  const newestFour = [...own, boundary].toSorted((a, b) => b - a).slice(0, 4);
  if (newestFour.includes(timestampMs)) return 'repeat';
  return timestampMs < (newestFour[3] ?? boundary) ? 'repeat' : 'out-of-order';
}

/** Puts samples through a table; what is out of order is let through too where that is allowed. */
function run(samples: readonly Passed[], isPassed: (n: number) => boolean) {
  const table = new SeriesTable({ capacity: 0 });
  const passed: Passed[] = [];
  const verdicts = samples.map((sample, n) => {
    const { timestampMs, epoch } = sample;
    table.begin(epoch);
    const expected = orderOf(passed, sample);
    const order = table.judge(1, 2, timestampMs);
    if (order === 'out-of-order' && isPassed(n)) table.note(1, 2, timestampMs);
    if (order === 'newer' || (order === 'out-of-order' && isPassed(n))) passed.push(sample);
    return { order, expected };
  });
  return { verdicts, passed };
}

describe('order', () => {
  test('O1, O2: a sample is newer, a repeat or out of order, as the SPEC says', () => {
    fc.assert(
      fc.property(arrivals(near), fc.boolean(), (samples, allowed) => {
        const { verdicts } = run(samples, () => allowed);
        expect(verdicts.map(({ order }) => order)).toEqual(verdicts.map(({ expected }) => expected));
      }),
      { numRuns: 2000 },
    );
  });

  test('O1: nothing is let through twice', () => {
    fc.assert(
      fc.property(arrivals(near), (samples) => {
        const { passed } = run(samples, () => true);
        expect(new Set(passed.map(({ timestampMs }) => timestampMs)).size).toBe(passed.length);
      }),
    );
  });

  test('O3: a table made of what was let through from any place on says the same of what is later than all before it', () => {
    const probes = Array.from({ length: 41 }, (_, i) => i - 20);
    fc.assert(
      fc.property(arrivals(near), fc.array(fc.boolean()), fc.nat({ max: 40 }), (samples, allowed, cut) => {
        const { passed } = run(samples, (n) => allowed[n] ?? true);
        const from = Math.min(cut, passed.length);
        const floorMs = Math.max(-Infinity, ...passed.slice(0, from).map(({ timestampMs }) => timestampMs));
        const epoch = passed.at(-1)?.epoch ?? 1;
        const tableOf = (since: number): SeriesTable => {
          const table = new SeriesTable({ capacity: 0 });
          for (const one of passed.slice(since)) {
            table.begin(one.epoch);
            table.note(1, 2, one.timestampMs);
          }
          return table;
        };
        for (const probe of probes.filter((timestampMs) => timestampMs > floorMs)) {
          for (const asked of [epoch, epoch + 1]) {
            const verdicts = [tableOf(0), tableOf(from)].map((table) => {
              table.begin(asked);
              return table.judge(1, 2, probe);
            });
            expect(verdicts[1]).toBe(verdicts[0]);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('what lies more than 49 days back is never taken for out of order', () => {
    const table = new SeriesTable();
    table.advance(1, 2, 0);
    table.advance(1, 2, MAX_DISTANCE_MS);
    expect([table.judge(1, 2, 0), table.judge(1, 2, 1)]).toEqual(['repeat', 'out-of-order']);
    table.advance(1, 2, 2 * MAX_DISTANCE_MS + 1);
    expect(table.judge(1, 2, MAX_DISTANCE_MS)).toBe('repeat');
    expect(table.judge(1, 2, MAX_DISTANCE_MS + 1)).toBe('out-of-order');
    table.note(1, 2, MAX_DISTANCE_MS + 1);
    expect(table.judge(1, 2, MAX_DISTANCE_MS + 1)).toBe('repeat');
    table.note(1, 2, MAX_DISTANCE_MS + 3_000_000_000);
    expect(table.judge(1, 2, MAX_DISTANCE_MS + 3_000_000_000)).toBe('repeat');
    expect(table.judge(1, 2, MAX_DISTANCE_MS + 1)).toBe('repeat');
    expect(table.judge(1, 2, MAX_DISTANCE_MS + 2)).toBe('out-of-order');
  });

  test('the times of a series stay with it when the table grows', () => {
    const table = new SeriesTable({ capacity: 0 });
    table.begin(3);
    for (let i = 0; i < 1000; i++) for (const at of [10, 40, 30]) table.note(i, i, at);
    expect([10, 20, 30, 35, 40].map((at) => table.judge(7, 7, at))).toEqual([
      'repeat',
      'out-of-order',
      'repeat',
      'out-of-order',
      'repeat',
    ]);
    table.begin(4);
    expect(table.judge(7, 7, 20)).toBe('repeat');
  });
});
