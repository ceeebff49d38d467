import { describe, expect, test } from '@jest/globals';

import { ALIKE, compare, completeUntil, type Samples, scrapeTimes, seriesKey, within } from '../src/samples.ts';

const up = seriesKey({ __name__: 'up', job: 'node' });
const samples = (...values: readonly (readonly [timestampMs: number, value: number])[]): Samples =>
  new Map([[up, values.map(([timestampMs, value]) => ({ timestampMs, value }))]]);

test('a copy is complete up to where the series that goes on and has come least far has come', () => {
  const series = (...timesMs: readonly number[]) => timesMs.map((timestampMs) => ({ timestampMs, value: 1 }));
  const copy = new Map([
    ['a', series(1000, 20_000)],
    ['b', series(19_000, 2000)],
    ['ended', series(3000)],
  ]);
  expect(completeUntil(copy)).toBe(19_000);
  expect(completeUntil(new Map())).toBe(0);
});

describe('what the tests compare copies by', () => {
  test('the same samples are alike, in any order', () => {
    expect(compare(samples([1, 1], [2, NaN]), samples([2, NaN], [1, 1]))).toEqual(ALIKE);
  });

  test('a sample that is not there is missing', () => {
    expect(compare(samples([1, 1]), samples([1, 1], [2, 1])).missing).toEqual([`${up} at 2`]);
    expect(compare(new Map(), samples([1, 1])).missing).toEqual([`${up} at 1`]);
  });

  test('a sample of somebody else is unexpected', () => {
    expect(compare(samples([1, 1], [2, 1]), samples([1, 1])).unexpected).toEqual([`${up} at 2`]);
  });

  test('a sample that is there more often is there twice, whatever its values', () => {
    expect(compare(samples([1, 1], [1, 1]), samples([1, 1]))).toEqual({ ...ALIKE, twice: [`${up} at 1`] });
    expect(compare(samples([1, 1], [1, 2]), samples([1, 1])).twice).toEqual([`${up} at 1`]);
  });

  test('one bit makes another value', () => {
    expect(compare(samples([1, 0.1 + 0.2]), samples([1, 0.3])).otherValue).toHaveLength(1);
    expect(compare(samples([1, -0]), samples([1, 0])).otherValue).toHaveLength(1);
  });

  test('a whole scrape is told by a few examples and a number', () => {
    const many = Array.from({ length: 100 }, (_, index) => [index, 1] as const);
    expect(compare(samples(...many), new Map()).unexpected).toHaveLength(6);
  });

  test('a span has both its ends, and no series without samples', () => {
    const span = within(samples([1, 1], [2, 1], [3, 1], [4, 1]), { fromMs: 2, toMs: 3 });
    expect(scrapeTimes(span)).toEqual([2, 3]);
    expect(within(span, { fromMs: 7, toMs: 8 }).size).toBe(0);
  });

  test('a series is the same with and without external labels, in any order of labels', () => {
    expect(seriesKey({ job: 'node', cluster: 'x', __replica__: 'a', __name__: 'up' })).toBe(up);
    expect(seriesKey({ job: 'other', __name__: 'up' })).not.toBe(up);
  });
});
