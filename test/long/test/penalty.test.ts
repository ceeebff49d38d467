import { describe, expect, test } from '@jest/globals';

import { penalty } from '../src/compare/penalty.ts';
import { type Copy } from '../src/record/copy.ts';

const KEY = 'series';
const never = (): boolean => false;

/** Samples each interval from a moment on, some left out; the value is the stamp. */
function every(intervalMs: number, fromMs: number, leaveOut: (at: number) => boolean = never): Copy {
  const all = Array.from({ length: 20 }, (_, at) => fromMs + at * intervalMs);
  const points = all.filter((_, at) => !leaveOut(at)).map((timestampMs) => ({ timestampMs, value: timestampMs }));
  return new Map([[KEY, points]]);
}

const stampsOf = (copy: Copy): readonly number[] => (copy.get(KEY) ?? []).map(({ timestampMs }) => timestampMs);

describe("Thanos' penalty algorithm", () => {
  test('stays with the replica whose sample came first', () => {
    const [a, b] = [every(15_000, 0), every(15_000, 3000)];
    expect(stampsOf(penalty([a, b], never))).toEqual(stampsOf(a));
  });

  test('changes sides at the beginning where the other one is more than five seconds later', () => {
    const b = every(15_000, 7000);
    expect(stampsOf(penalty([every(15_000, 0), b], never))).toEqual([0, ...stampsOf(b)]);
  });

  test('does not fill a hole of one scrape: the other side is twice the distance away', () => {
    const a = every(15_000, 0, (at) => at === 5);
    expect(stampsOf(penalty([a, every(15_000, 3000)], never))).toEqual(stampsOf(a));
  });

  test('changes sides in a longer hole, and loses scrapes at the change', () => {
    const a = every(15_000, 0, (at) => at >= 5);
    const b = every(15_000, 3000);
    const chosen = stampsOf(penalty([a, b], never));
    expect(chosen.slice(0, 5)).toEqual(stampsOf(a));
    expect(chosen[5]).toBe(93_000);
  });

  test('adds to counters what they fall by at a change of sides, where it is told to', () => {
    const a = new Map([[KEY, [0, 1, 2].map((at) => ({ timestampMs: at * 1000, value: 100 + at }))]]);
    const b = new Map([[KEY, [3, 6, 9].map((at) => ({ timestampMs: at * 1000, value: 50 + at }))]]);
    const values = (adjusts: boolean) => [...penalty([a, b], () => adjusts).values()][0]?.map(({ value }) => value);
    expect(values(false)).toEqual([100, 101, 102, 56, 59]);
    expect(values(true)).toEqual([100, 101, 102, 102, 105]);
  });

  test('shows what only one replica has', () => {
    const b = every(1000, 0);
    expect(penalty([new Map(), b], never)).toEqual(b);
  });
});
