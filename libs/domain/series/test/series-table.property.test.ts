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

  it('judges a list as it judges its samples one after the other, and takes note of it likewise', () => {
    const samples = fc.array(fc.record({ high: half, low: half, timestampMs: fc.integer({ min: -20, max: 20 }) }), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(samples, fc.nat(3), (all, from) => {
        const buffer = new ArrayBuffer((from + all.length) * 16);
        const list = {
          words: new Int32Array(buffer),
          doubles: new Float64Array(buffer),
          from,
          length: all.length,
        };
        for (const [i, { high, low, timestampMs }] of all.entries()) {
          list.words.set([high, low], (from + i) * 4);
          list.doubles[(from + i) * 2 + 1] = timestampMs;
        }
        const [one, other, noted, notedToo] = Array.from({ length: 4 }, () => new SeriesTable({ capacity: 1 }));
        const orders = all.map(({ high, low, timestampMs }) => one?.judge(high, low, timestampMs));
        const told = new Map<number, string>();
        other?.judgeAll(list, (index, order) => told.set(index, order));
        expect(all.map((_, i) => told.get(i) ?? 'newer')).toEqual(orders);
        for (const { high, low, timestampMs } of all) noted?.note(high, low, timestampMs);
        notedToo?.noteAll(list);
        for (const { high, low, timestampMs } of all) {
          expect(notedToo?.judge(high, low, timestampMs - 1)).toBe(noted?.judge(high, low, timestampMs - 1));
        }
      }),
    );
  });
});
