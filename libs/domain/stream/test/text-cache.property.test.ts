import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { TextCache } from '../src/index.ts';

const bytes = fc.oneof(
  fc.constantFrom('tenant', '1763762345678', '1763762345679').map((text) => Buffer.from(text)),
  fc.uint8Array({ max: 0x7f, maxLength: 70 }),
  fc.uint8Array({ maxLength: 5 }),
);

describe('a cache of texts', () => {
  test('gives the text of what is ASCII and short, and of nothing else, whatever it was asked before', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 200 }), (asked) => {
        const cache = new TextCache();
        for (const each of asked) {
          const isKept = each.length <= 64 && each.every((byte) => byte < 0x80);
          expect(cache.ascii(each, 0, each.length)).toBe(isKept ? String.fromCharCode(...each) : undefined);
        }
      }),
    );
  });

  test('gives one and the same text for the same bytes, wherever they are', () => {
    const cache = new TextCache();
    const around = Buffer.from('<cluster-7>');
    expect(cache.ascii(around, 1, 10)).toBe('cluster-7');
    expect(cache.ascii(Uint8Array.from(Buffer.from('cluster-7')), 0, 9)).toBe('cluster-7');
  });
});
