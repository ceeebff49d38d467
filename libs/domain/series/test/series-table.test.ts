import { describe, expect, it } from '@jest/globals';
import { SeriesTable } from '../src/index.ts';

describe('the series table', () => {
  it('lets a sample through that is newer than all of its series, and no other', () => {
    const table = new SeriesTable();
    expect(table.advance(1, 2, 1000)).toBe(true);
    expect(table.advance(1, 2, 1000)).toBe(false);
    expect(table.advance(1, 2, 999)).toBe(false);
    expect(table.advance(1, 2, 1001)).toBe(true);
    expect(table.get(1, 2)).toBe(1001);
    expect(table.size).toBe(1);
  });

  it('knows nothing of a series it has not seen', () => {
    const table = new SeriesTable();
    table.advance(1, 2, 1000);
    expect(table.get(2, 1)).toBeUndefined();
  });

  it('takes times before 1970 and at 1970', () => {
    const table = new SeriesTable();
    expect(table.advance(7, 7, -5)).toBe(true);
    expect(table.advance(7, 7, 0)).toBe(true);
    expect(table.get(7, 7)).toBe(0);
  });

  it('tells apart fingerprints that share a half, and takes the halves signed or unsigned', () => {
    const table = new SeriesTable();
    table.advance(-1, 5, 10);
    table.advance(5, -1, 20);
    expect(table.get(0xffffffff, 5)).toBe(10);
    expect(table.get(5, 0xffffffff)).toBe(20);
    expect(table.size).toBe(2);
  });

  it('has a place for the fingerprint of zeros', () => {
    const table = new SeriesTable();
    expect(table.get(0, 0)).toBeUndefined();
    expect(table.advance(0, 0, 10)).toBe(true);
    expect(table.advance(0, 0, 10)).toBe(false);
    expect(table.get(0, 0)).toBe(10);
  });

  it('forgets series that went quiet, and gives their memory back', () => {
    const table = new SeriesTable();
    for (let i = 0; i < 10_000; i++) table.advance(i, i * 7, i);
    const before = table.memoryBytes;
    expect(table.prune(9990)).toBe(9990);
    expect(table.size).toBe(10);
    expect(table.get(9990, 9990 * 7)).toBe(9990);
    expect(table.get(9989, 9989 * 7)).toBeUndefined();
    expect(table.memoryBytes).toBeLessThan(before);
  });

  it('keeps its place when there is nothing to forget', () => {
    const table = new SeriesTable({ capacity: 10_000 });
    const { memoryBytes } = table;
    table.advance(1, 1, 5);
    expect(table.prune(5)).toBe(0);
    expect(table.memoryBytes).toBe(memoryBytes);
  });

  it('is empty after clear', () => {
    const table = new SeriesTable();
    for (let i = 0; i < 5000; i++) table.advance(i, i, i);
    table.clear();
    expect(table.size).toBe(0);
    expect(table.get(7, 7)).toBeUndefined();
    expect(table.advance(7, 7, 1)).toBe(true);
  });

  it('does not grow up to its capacity, and holds a series in less than 92 bytes', () => {
    const table = new SeriesTable({ capacity: 100_000 });
    const { memoryBytes } = table;
    for (let i = 0; i < 100_000; i++) table.advance(Math.imul(i, 0x9e3779b1), i, 1);
    expect(table.memoryBytes).toBe(memoryBytes);
    expect(memoryBytes / 100_000).toBeLessThan(92);
  });
});
