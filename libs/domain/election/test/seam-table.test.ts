import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { SeamTable, SEND_SKEW_MS, type SeamSample } from '../src/index.ts';

const gauge = (value: number): SeamSample => ({ value, stale: false, monotonic: false });
const counter = (value: number): SeamSample => ({ value, stale: false, monotonic: true });
const MARKER: SeamSample = { value: NaN, stale: true, monotonic: false };

/** A seam whose forerunner sent one series, 1/1, every 15 s; times in seconds. */
function seamOf(samples: readonly (readonly [number, SeamSample])[]): SeamTable {
  const table = new SeamTable();
  for (const [seconds, sample] of samples) table.note(1, 1, seconds * 1000, sample);
  return table;
}

const admitted = (table: SeamTable, samples: readonly (readonly [number, SeamSample])[]): readonly number[] =>
  samples.filter(([seconds, sample]) => table.admits(1, 1, seconds * 1000, sample)).map(([seconds]) => seconds);

describe('a known series', () => {
  test('S2, S3: goes on half an interval after the last sample, not before', () => {
    const table = seamOf([
      [0, gauge(1)],
      [15, gauge(2)],
    ]);
    expect(
      admitted(table, [
        [7, gauge(0)],
        [22.499, gauge(0)],
        [22.5, gauge(0)],
        [22.6, gauge(0)],
      ]),
    ).toEqual([22.5, 22.6]);
  });

  test('what was held back before it went on is held back when it is sent again', () => {
    const table = seamOf([
      [0, gauge(1)],
      [15, gauge(2)],
    ]);
    const sent = [20, 35, 20, 34, 35, 50, 40].map((seconds) => [seconds, gauge(0)] as const);
    expect(admitted(table, sent)).toEqual([35, 35, 50, 40]);
  });

  test('a scrape that was missed does not make the interval longer', () => {
    const table = seamOf([
      [0, gauge(1)],
      [15, gauge(2)],
      [45, gauge(2)],
    ]);
    expect(admitted(table, [[52.5, gauge(0)]])).toEqual([52.5]);
  });

  test('with one sample only, goes on right behind it', () => {
    expect(
      admitted(seamOf([[15, gauge(1)]]), [
        [15, gauge(0)],
        [15.001, gauge(0)],
      ]),
    ).toEqual([15.001]);
  });

  test('S6: after a stale marker of the forerunner the successor goes on at once', () => {
    const table = seamOf([
      [0, gauge(1)],
      [15, gauge(1)],
      [30, MARKER],
    ]);
    expect(admitted(table, [[31, gauge(0)]])).toEqual([31]);
  });

  test("the successor's stale marker ends it", () => {
    const table = seamOf([
      [0, gauge(1)],
      [15, gauge(1)],
    ]);
    expect(admitted(table, [[30, MARKER]])).toEqual([30]);
    expect(admitted(table, [[200, gauge(0)]])).toEqual([200]);
    expect(table.takeOrphans()).toEqual([]);
  });
});

test('S6: at the last record a series that was seen once may be a slow one', () => {
  const table = seamOf([[0, gauge(1)]]);
  for (const timestampMs of [0, 5000]) table.note(3, 3, timestampMs, gauge(1));
  table.admits(2, 2, 89_000, gauge(1));
  expect(table.takeOrphans(true).map(({ high }) => high)).toEqual([3]);
  table.admits(2, 2, 90_000, gauge(1));
  expect(table.takeOrphans(true).map(({ high }) => high)).toEqual([1]);
});

test('S6: at the last record a series ends that the successor would have sent by then', () => {
  const table = seamOf([
    [0, gauge(1)],
    [60, gauge(1)],
  ]);
  table.admits(2, 2, 149_000, gauge(1));
  expect(table.takeOrphans()).toEqual([]);
  expect(table.takeOrphans(true)).toEqual([]);
  table.admits(2, 2, 150_000, gauge(1));
  expect(table.takeOrphans()).toEqual([]);
  expect(table.takeOrphans(true)).toEqual([{ high: 1, low: 1, timestampMs: 120_000 }]);
  expect(table.takeOrphans(true)).toEqual([]);
});

describe('a counter (S5)', () => {
  const forerunner = [
    [0, counter(100)],
    [15, counter(110)],
  ] as const;

  test('is held back while it is below the last value, twice at most', () => {
    expect(
      admitted(seamOf(forerunner), [
        [10, counter(80)],
        [25, counter(90)],
        [40, counter(100)],
        [55, counter(105)],
      ]),
    ).toEqual([55]);
  });

  test('is held back for half a minute where scrapes are close, so that a clock may be ahead by that much', () => {
    const table = seamOf([
      [0, counter(100)],
      [1, counter(101)],
    ]);
    const seen = Array.from({ length: 40 }, (_, i) => 2 + i).filter((at) => table.admits(1, 1, at * 1000, counter(at)));
    expect(seen[0]).toBe(31);
  });

  test('goes on where it has caught up', () => {
    expect(
      admitted(seamOf(forerunner), [
        [10, counter(100)],
        [25, counter(109)],
        [40, counter(110)],
      ]),
    ).toEqual([40]);
  });

  test("that was reset at the target is not held back: the successor's own fell too", () => {
    expect(
      admitted(seamOf(forerunner), [
        [10, counter(108)],
        [25, counter(3)],
      ]),
    ).toEqual([25]);
  });

  test('is held back once, however often its request is sent again', () => {
    const table = seamOf(forerunner);
    const seen = [25, 25, 25].map((second) => table.admits(1, 1, second * 1000, counter(90)));
    expect([...seen, table.admits(1, 1, 40_000, counter(120))]).toEqual([false, false, false, true]);
  });

  test('goes on with its first sample where the successor’s own fell after the forerunner’s end, before that in its stamps', () => {
    const behind = [
      [60, counter(130)],
      [75, counter(3)],
      [90, counter(4)],
      [125, counter(6)],
    ] as const;
    const last = [
      [100, counter(100)],
      [115, counter(110)],
    ] as const;
    // The successor's clock is behind: what it stamps 75 s was scraped after the forerunner's last one.
    const gone = seamOf(last);
    gone.outlive();
    expect(admitted(gone, behind)).toEqual([125]);
    // Without that the fall may be one the forerunner has shown as well, and the value an older one.
    expect(admitted(seamOf(last), behind)).toEqual([]);
  });

  test('a request that comes late does not make the next one look like a counter that fell', () => {
    expect(
      admitted(seamOf(forerunner), [
        [25, counter(95)],
        [40, counter(99)],
        [25, counter(95)],
        [55, counter(113)],
      ]),
    ).toEqual([55]);
  });

  test('a gauge may fall', () => {
    expect(admitted(seamOf(forerunner), [[25, gauge(1)]])).toEqual([25]);
  });
});

describe('a series the forerunner did not have', () => {
  test('begins with what the forerunner could not have sent any more', () => {
    const table = seamOf([
      [0, gauge(1)],
      [15, gauge(1)],
      [30, gauge(1)],
    ]);
    const floor = 30_000 - SEND_SKEW_MS - 15_000;
    expect([table.admits(2, 2, floor, gauge(0)), table.admits(2, 2, floor + 1, gauge(0))]).toEqual([false, true]);
  });

  test('is not held up by an empty seam', () => {
    expect(new SeamTable().admits(2, 2, 0, gauge(0))).toBe(true);
  });
});

describe('ends of series (S6)', () => {
  test('a series the forerunner has ended has no second end', () => {
    const table = seamOf([
      [0, gauge(1)],
      [15, MARKER],
    ]);
    expect(
      admitted(table, [
        [22, MARKER],
        [37, gauge(1)],
        [52, MARKER],
      ]),
    ).toEqual([37, 52]);
  });

  test('a series does not begin with its end', () => {
    const table = seamOf([[0, gauge(1)]]);
    const seen = [22_000, 37_000, 52_000].map((ms, i) => table.admits(2, 2, ms, i === 1 ? gauge(1) : MARKER));
    expect(seen).toEqual([false, true, true]);
  });
});

describe('orphans (S6)', () => {
  test('are marked one interval after their last sample, once, and not before the successor is well past', () => {
    const table = seamOf([
      [0, gauge(1)],
      [15, gauge(1)],
    ]);
    table.admits(2, 2, 74_999, gauge(0));
    expect(table.takeOrphans()).toEqual([]);
    table.admits(2, 2, 75_000, gauge(0));
    expect(table.takeOrphans()).toEqual([{ high: 1, low: 1, timestampMs: 30_000 }]);
    expect(table.takeOrphans()).toEqual([]);
    expect(table.admits(1, 1, 80_000, gauge(0))).toBe(true);
  });

  test('that had ended already are not marked again', () => {
    const table = seamOf([
      [0, gauge(1)],
      [15, MARKER],
    ]);
    table.admits(2, 2, 1e9, gauge(0));
    expect(table.takeOrphans()).toEqual([]);
  });
});

test('any number of series is kept apart', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.integer(), fc.integer()), { selector: String, maxLength: 500 }),
      (series) => {
        const table = new SeamTable();
        series.forEach(([high, low], i) => table.note(high, low, i + 1, gauge(i)));
        expect(table.size).toBe(series.length);
        series.forEach(([high, low], i) => {
          expect(table.admits(high, low, i + 1, gauge(0))).toBe(false);
          expect(table.admits(high, low, i + 2, gauge(0))).toBe(true);
        });
      },
    ),
  );
});

test('S3: two replicas of one interval, whatever their phases: the seam is half to one and a half intervals wide', () => {
  const phases = fc.record({
    interval: fc.integer({ min: 2, max: 60 }),
    phase: fc.double({ min: 0, max: 0.999, noNaN: true }),
    died: fc.integer({ min: 2, max: 20 }),
  });
  fc.assert(
    fc.property(phases, ({ interval, phase, died }) => {
      const table = new SeamTable();
      const step = interval * 1000;
      for (let i = 0; i <= died; i++) table.note(1, 1, i * step, counter(i));
      const first = Array.from({ length: died + 4 }, (_, i) => Math.floor((i + phase) * step)).find((ms) =>
        table.admits(1, 1, ms, counter(ms / step)),
      );
      const width = (first ?? NaN) - died * step;
      expect(width).toBeGreaterThanOrEqual(step / 2);
      expect(width).toBeLessThanOrEqual(step * 1.5);
    }),
  );
});

describe('a series that only the successor has', () => {
  test('S6: is no orphan, however many there are', () => {
    const table = seamOf([
      [0, gauge(1)],
      [15, gauge(2)],
    ]);
    for (let i = 2; i < 2000; i++) expect(table.admits(i, i, 30_000, gauge(1))).toBe(true);
    expect(table.admits(1, 1, 30_000, gauge(1))).toBe(true);
    table.admits(2, 2, 200_000, gauge(1));
    expect(table.takeOrphans()).toEqual([]);
  });
});

describe('what a seam shows', () => {
  test('is its widest distance and the counters that were held, each told once', () => {
    const table = seamOf([
      [0, counter(100)],
      [15, counter(200)],
    ]);
    expect(table.takeFindings()).toEqual({ held: 0, widestSeamMs: 0 });
    expect(admitted(table, [[23, counter(150)]])).toEqual([]);
    expect(table.takeFindings()).toEqual({ held: 1, widestSeamMs: 0 });
    expect(admitted(table, [[38, counter(250)]])).toEqual([38]);
    expect(table.takeFindings()).toEqual({ held: 0, widestSeamMs: 23_000 });
    expect(table.takeFindings()).toEqual({ held: 0, widestSeamMs: 0 });
  });
});
