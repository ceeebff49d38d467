import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeRecord, encodeHead, recordTimeMs, RecordStage } from '../src/record-codec.ts';

const bytes = fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 300 }));
const text = fc.string({ unit: 'binary', maxLength: 200 });
const headers = fc.dictionary(text, text, { maxKeys: 5 });
const plain = (data: Uint8Array | null): number[] | null => (data === null ? null : [...data]);

const stage = new RecordStage();

describe('a stored record', () => {
  test('gives back key, value, headers and time', () => {
    fc.assert(
      fc.property(bytes, bytes, headers, fc.nat(2 ** 47), (key, value, given, timeMs) => {
        const stored = stage.put(encodeHead({ key, value, headers: given }), value, timeMs);
        const read = decodeRecord(stored, 7);
        expect([read.offset, read.timestampMs, recordTimeMs(stored)]).toEqual([7, timeMs, timeMs]);
        expect([plain(read.key), plain(read.value)]).toEqual([plain(key), plain(value)]);
        expect(Object.entries(read.headers)).toEqual(Object.entries(given));
      }),
    );
  });

  test('that was cut short is refused or shorter, never read beyond its end', () => {
    fc.assert(
      fc.property(bytes, headers, fc.nat(400), (key, given, cut) => {
        const stored = stage.put(encodeHead({ key, value: null, headers: given }), null, 0);
        const short = stored.subarray(0, Math.max(7, stored.length - 1 - cut));
        if (short.length === stored.length) return;
        expect(() => decodeRecord(short, 0)).toThrow('it ends too early');
      }),
    );
  });
});
