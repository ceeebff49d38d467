import { describe, expect, test } from '@jest/globals';
import { SeriesTable } from '@tandem/series';

import { SeriesIndex } from '../src/series-index.ts';

const HOUR = 3_600_000;

describe('the index of series', () => {
  test('a key begins with the floor of the whole, and has its own once it was looked up', () => {
    const index = new SeriesIndex(1000);
    expect(index.floorMs('k')).toBe(1000);
    index.replace('k', new SeriesTable(), 200);
    expect([index.floorMs('k'), index.floorMs('other')]).toEqual([200, 1000]);
  });

  test('series of different keys are different series', () => {
    const index = new SeriesIndex(-Infinity);
    expect(index.table('a').advance(1, 2, 10)).toBe(true);
    expect(index.table('b').advance(1, 2, 10)).toBe(true);
    expect(index.table('a').advance(1, 2, 10)).toBe(false);
    expect(index.size).toBe(2);
    expect(index.memoryBytes).toBeGreaterThan(0);
  });

  test('keys that fell silent are forgotten, and what they may have known is looked up from then on', () => {
    const index = new SeriesIndex(-Infinity);
    for (const [key, heardMs] of [
      ['gone', 10 * HOUR],
      ['kept', 10 * HOUR + 1],
    ] as const) {
      index.heard(key, heardMs);
      index.table(key).advance(1, 2, 5000);
      index.advanced(key, 5000);
    }
    index.heard('metadata', 10 * HOUR);
    const bytes = index.memoryBytes;
    index.sweep(11 * HOUR, HOUR);
    expect([index.floorMs('gone'), index.floorMs('kept'), index.size]).toEqual([5000, -Infinity, 1]);
    expect(index.memoryBytes).toBe(bytes / 3);
  });

  test('a key of few series takes little memory', () => {
    const index = new SeriesIndex(-Infinity);
    for (let i = 0; i < 1000; i++) index.table(`k${i}`).advance(i, 1, 1000);
    expect(index.memoryBytes).toBeLessThan(1000 * 300);
  });

  test('series long silent are forgotten when there are many, and the floor tells up to when', () => {
    const index = new SeriesIndex(-Infinity);
    const table = index.table('k');
    for (let i = 0; i < 15_000; i++) table.advance(i, 1, 1000);
    index.advanced('k', 1000);
    expect(index.floorMs('k')).toBe(-Infinity);
    for (let i = 0; i < 10_000; i++) table.advance(i, 2, 3 * HOUR);
    index.advanced('k', 3 * HOUR);
    expect(index.size).toBe(10_000);
    expect(index.floorMs('k')).toBe(2 * HOUR - 1);
    expect(index.table('k').get(5, 2)).toBe(3 * HOUR);
  });
});
