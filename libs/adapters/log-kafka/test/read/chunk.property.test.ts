import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunkBySize } from '../../src/read/chunk.ts';

describe('records cut into batches', () => {
  test('keep their order, and only a single larger record exceeds the bound', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300)), fc.integer({ min: 1, max: 500 }), (sizes, maxBytes) => {
        const records = sizes.map((size, offset) => ({
          offset,
          timestampMs: 0,
          key: null,
          value: new Uint8Array(size),
          headers: {},
        }));
        const chunks = chunkBySize(records, maxBytes);
        expect(chunks.flat()).toEqual(records);
        for (const chunk of chunks) {
          expect(chunk.length).toBeGreaterThan(0);
          const bytes = chunk.reduce((sum, one) => sum + (one.value?.length ?? 0), 0);
          expect(chunk.length === 1 || bytes <= maxBytes).toBe(true);
        }
      }),
    );
  });
});
