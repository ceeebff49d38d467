import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Slab } from '../src/slab.ts';

describe('a slab', () => {
  test('gives copies that nothing else is written to, of all sizes', () => {
    const size = fc.oneof(fc.nat(100), fc.nat(200_000));
    fc.assert(
      fc.property(fc.array(size, { maxLength: 30 }), (sizes) => {
        const slab = new Slab();
        const source = Buffer.alloc(200_001);
        const copies = sizes.map((length, i) => {
          source.fill(i + 1);
          return slab.copy(source, length);
        });
        source.fill(0);
        for (const [i, copy] of copies.entries()) {
          expect(copy.length).toBe(sizes[i]);
          expect(copy.every((byte) => byte === i + 1)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('is not kept by what is small, however many there are', () => {
    const slab = new Slab();
    const source = Buffer.alloc(100_000);
    slab.copy(source, 100_000);
    for (const length of [1, 100, 4096]) expect(slab.copy(source, length).buffer.byteLength).toBeLessThanOrEqual(8192);
  });
});
