import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ByteReader, varintSize, writeVarint } from '../../src/wire/varint.ts';

describe('varints', () => {
  test('are read as they were written, in as many bytes as announced', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), (value) => {
        const bytes = Buffer.alloc(10);
        const end = writeVarint(bytes, 0, value);
        expect(end).toBe(varintSize(value));
        const reader = new ByteReader(bytes);
        expect(reader.varint()).toBe(value);
        expect(reader.at).toBe(end);
      }),
    );
  });

  test.each([
    [0, [0]],
    [-1, [1]],
    [1, [2]],
    [63, [126]],
    [64, [128, 1]],
    [-300, [215, 4]],
  ])('of %d are the bytes other clients write', (value, expected) => {
    const bytes = Buffer.alloc(10);
    const end = writeVarint(bytes, 0, value);
    expect([...bytes.subarray(0, end)]).toEqual(expected);
  });

  test('are refused where bytes end within', () => {
    expect(() => new ByteReader(Buffer.from([0x80])).varint()).toThrow(RangeError);
  });
});
