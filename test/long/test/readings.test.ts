import { describe, expect, test } from '@jest/globals';

import { exposition, kindOf, RESET_EVERY_MS } from '../src/target/readings.ts';

const SERIES = 40;

function readings(elapsedMs: number): ReadonlyMap<string, number> {
  const lines = exposition(elapsedMs, SERIES).split('\n');
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

describe("the target's readings", () => {
  test('are as many series as were asked for, each of a known kind', () => {
    const names = [...readings(1234).keys()];
    expect(names).toHaveLength(SERIES);
    expect(names.map((name) => kindOf(name.replace(/\{.*/, '')))).not.toContain(undefined);
  });

  test('are a function of time: steady counters never fall, the others fall when they begin anew', () => {
    const [before, after] = [readings(RESET_EVERY_MS - 1), readings(RESET_EVERY_MS + 1)];
    const grown = (kind: string): readonly boolean[] => {
      const own = [...after].filter(([name]) => kindOf(name.replace(/\{.*/, '')) === kind);
      return own.map(([name, value]) => value > (before.get(name) ?? NaN));
    };
    expect(new Set(grown('steady'))).toEqual(new Set([true]));
    expect(new Set(grown('resetting'))).toEqual(new Set([false]));
    expect(readings(RESET_EVERY_MS - 1)).toEqual(before);
  });

  test('have no more than twelve digits after a day', () => {
    for (const value of readings(86_400_000 - 1).values()) {
      expect(String(Math.abs(value)).replace('.', '').length).toBeLessThanOrEqual(12);
    }
  });
});
