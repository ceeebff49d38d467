import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeBatches, UnreadableBatchError } from '../../src/wire/decode-batch.ts';
import { type BatchRecord, encodeBatch, recordBytes } from '../../src/wire/encode-batch.ts';
import { BATCH } from '../../src/wire/record-batch.ts';

const ORIGIN = { producerId: '7', producerEpoch: 1, baseSequence: 0, transactional: false } as const;
const ABORT_MARKER = 0x20 | 0x10;

const bytesOrNull = fc.option(fc.uint8Array({ maxLength: 6000 }), { nil: null });
const headers = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ maxLength: 12 }), {
  maxKeys: 4,
  noNullPrototype: true,
});
const records: fc.Arbitrary<BatchRecord[]> = fc.array(fc.record({ key: bytesOrNull, value: bytesOrNull, headers }), {
  minLength: 1,
  maxLength: 20,
});

function at(batch: Buffer, offset: number): Buffer {
  batch.writeBigInt64BE(BigInt(offset), BATCH.baseOffset);
  return batch;
}

/** An end-of-transaction marker, as far as a reader looks at it. */
function marker(producerId: string, offset: number): Buffer {
  const batch = at(encodeBatch([{ key: null, value: null }], { ...ORIGIN, producerId, transactional: true }), offset);
  batch.writeInt16BE(ABORT_MARKER, BATCH.attributes);
  return batch;
}

function transactional(producerId: string, offset: number, count: number): Buffer {
  const some = Array.from({ length: count }, () => ({ key: null, value: Buffer.from(producerId) }));
  return at(encodeBatch(some, { ...ORIGIN, producerId, transactional: true }), offset);
}

describe('record batches', () => {
  test('keep a header whatever its name', () => {
    const named = Object.fromEntries(['__proto__', 'constructor', ''].map((name) => [name, 'x']));
    const {
      records: [read],
    } = decodeBatches(at(encodeBatch([{ key: null, value: null, headers: named }], ORIGIN), 0), 0, []);
    expect(Object.entries(read?.headers ?? {})).toEqual(Object.entries(named));
  });

  test('give back the records put in, with offsets that follow each other', () => {
    fc.assert(
      fc.property(records, fc.nat(1_000_000), (input, base) => {
        const { records: output, nextOffset } = decodeBatches(at(encodeBatch(input, ORIGIN), base), base, []);
        expect(nextOffset).toBe(base + input.length);
        const plain = (bytes: Uint8Array | null): string | null =>
          bytes === null ? null : Buffer.from(bytes).toString('hex');
        expect(output.map((one) => [one.offset, plain(one.key), plain(one.value), one.headers])).toEqual(
          input.map((one, i) => [base + i, plain(one.key), plain(one.value), one.headers]),
        );
      }),
    );
  });

  test('are never longer than the bound of their records', () => {
    fc.assert(
      fc.property(records, (input) => {
        const bound = input.reduce<number>((sum, one) => sum + recordBytes(one), BATCH.records);
        expect(encodeBatch(input, ORIGIN).length).toBeLessThanOrEqual(bound);
      }),
    );
  });

  test('cut off anywhere give whole batches before the cut, and the offset to go on from', () => {
    const run = Buffer.concat([
      at(encodeBatch([{ key: null, value: Buffer.from('a') }], ORIGIN), 5),
      transactional('8', 6, 3),
    ]);
    const first = encodeBatch([{ key: null, value: Buffer.from('a') }], ORIGIN).length;
    fc.assert(
      fc.property(fc.nat(run.length), (length) => {
        const { records: seen, nextOffset } = decodeBatches(run.subarray(0, length), 5, []);
        const whole = length === run.length ? 9 : length >= first ? 6 : undefined;
        expect(nextOffset).toBe(whole);
        expect(seen).toHaveLength(whole === undefined ? 0 : whole - 5);
      }),
    );
  });

  test('begin in their middle where the reader asked for that', () => {
    const { records: seen } = decodeBatches(transactional('8', 10, 5), 13, []);
    expect(seen.map((one) => one.offset)).toEqual([13, 14]);
  });

  test('carry the log’s own time where the broker set it', () => {
    const batch = transactional('8', 0, 2);
    batch.writeInt16BE(batch.readInt16BE(BATCH.attributes) | 0x08, BATCH.attributes);
    batch.writeBigInt64BE(1_700_000_000_123n, BATCH.maxTimestamp);
    expect(decodeBatches(batch, 0, []).records.map((one) => one.timestampMs)).toEqual([
      1_700_000_000_123, 1_700_000_000_123,
    ]);
  });

  test('of other formats are refused', () => {
    const old = transactional('8', 0, 1);
    old.writeInt8(1, BATCH.magic);
    expect(() => decodeBatches(old, 0, [])).toThrow(UnreadableBatchError);
    const compressed = transactional('8', 0, 1);
    compressed.writeInt16BE(4, BATCH.attributes);
    expect(() => decodeBatches(compressed, 0, [])).toThrow(/codec 4/);
  });
});

describe('a reader of committed records', () => {
  const run = Buffer.concat([
    transactional('8', 0, 2),
    transactional('9', 2, 1),
    transactional('8', 3, 1),
    marker('8', 4),
    transactional('8', 5, 1),
    marker('9', 6),
  ]);

  test('does not see what was aborted, nor markers, and reads on behind them', () => {
    const { records: seen, nextOffset } = decodeBatches(run, 0, [{ producerId: 8, firstOffset: 0 }]);
    expect(seen.map((one) => [one.offset, String(one.value)])).toEqual([
      [2, '9'],
      [5, '8'],
    ]);
    expect(nextOffset).toBe(7);
  });

  test('sees a later transaction of a producer whose first one was aborted', () => {
    const aborted = [
      { producerId: 9, firstOffset: 2 },
      { producerId: 8, firstOffset: 5 },
    ];
    expect(decodeBatches(run, 0, aborted).records.map((one) => one.offset)).toEqual([0, 1, 3]);
  });
});
