import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SeriesTable } from '../src/index.ts';

const half = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer());
const advance = fc.record({ high: half, low: half, timestampMs: fc.integer({ min: -20, max: 20 }) });
const step = fc.oneof(
  { weight: 40, arbitrary: advance },
  { weight: 1, arbitrary: fc.record({ beforeMs: fc.integer({ min: -20, max: 20 }) }) },
);

/** The same, as a map of texts. The two fingerprints that the table takes for one are one here too. */
class Model {
  readonly newest = new Map<string, number>();

  static key(high: number, low: number): string {
    return high === 0 && low === 0 ? '0 1' : `${high} ${low}`;
  }

  advance(high: number, low: number, timestampMs: number): boolean {
    const key = Model.key(high, low);
    const known = this.newest.get(key);
    if (known !== undefined && timestampMs <= known) return false;
    this.newest.set(key, timestampMs);
    return true;
  }

  prune(beforeMs: number): number {
    const old = [...this.newest].filter(([, timestampMs]) => timestampMs < beforeMs);
    for (const [key] of old) this.newest.delete(key);
    return old.length;
  }
}

describe('a series table', () => {
  it('answers as a map would, however often it grows and is pruned', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const table = new SeriesTable({ capacity: 1 });
        const model = new Model();
        const take = (of: SeriesTable | Model, s: typeof step extends fc.Arbitrary<infer T> ? T : never): unknown =>
          'beforeMs' in s ? of.prune(s.beforeMs) : of.advance(s.high, s.low, s.timestampMs);
        for (const s of steps) expect(take(table, s)).toBe(take(model, s));
        const held = new Map<string, number>();
        table.forEach((high, low, timestampMs) => held.set(`${high} ${low}`, timestampMs));
        expect(held).toEqual(model.newest);
        expect(table.size).toBe(held.size);
        for (const [key, timestampMs] of held) {
          const [high = 0, low = 0] = key.split(' ').map(Number);
          expect(table.get(high, low)).toBe(timestampMs);
        }
      }),
    );
  });
});
