import { crc32c } from '@node-rs/crc32';
import { type OutgoingRecord } from '@tandem/stream';
import { type Producer } from './messages.ts';
import { ATTRIBUTES, BATCH, BATCH_PREFIX_BYTES, MAGIC } from './record-batch.ts';
import { varintSize, writeVarint } from './varint.ts';

/** What is written of a record; where to is known by the batch. */
export type BatchRecord = Pick<OutgoingRecord, 'key' | 'value' | 'headers'>;

/** Who writes a batch, and its place in the producer's sequence for the partition. */
export interface BatchOrigin extends Producer {
  readonly baseSequence: number;
  readonly transactional: boolean;
}

/** Most bytes that the length, attributes, time and offset of a record take. */
const RECORD_OVERHEAD = 16;

/** A bound of the bytes a record takes in a batch, its headers included. */
export function recordBytes({ key, value, headers }: BatchRecord): number {
  let bytes = RECORD_OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0) + 10;
  for (const name in headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '') + 6;
  return bytes;
}

/**
 * Encodes records as one batch, uncompressed: values are compressed already, and a reader can then pass over a record by
 * its headers. Bytes are copied once and summed natively.
 */
export function encodeBatch(records: readonly BatchRecord[], origin: BatchOrigin): Buffer {
  const bound = records.reduce<number>((sum, record) => sum + recordBytes(record), BATCH.records);
  const bytes = Buffer.allocUnsafe(bound);
  let end: number = BATCH.records;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (record !== undefined) end = writeRecord(bytes, end, record, i);
  }
  writeFields(bytes, end, records.length, origin);
  return bytes.subarray(0, end);
}

function writeFields(bytes: Buffer, end: number, count: number, origin: BatchOrigin): void {
  // The broker sets offset, epoch and, with LogAppendTime, the times.
  const now = BigInt(Date.now());
  bytes.writeBigInt64BE(0n, BATCH.baseOffset);
  bytes.writeInt32BE(end - BATCH_PREFIX_BYTES, BATCH.length);
  bytes.writeInt32BE(-1, BATCH.leaderEpoch);
  bytes.writeInt8(MAGIC, BATCH.magic);
  bytes.writeInt16BE(origin.transactional ? ATTRIBUTES.transactional : 0, BATCH.attributes);
  bytes.writeInt32BE(count - 1, BATCH.lastOffsetDelta);
  bytes.writeBigInt64BE(now, BATCH.firstTimestamp);
  bytes.writeBigInt64BE(now, BATCH.maxTimestamp);
  bytes.writeBigInt64BE(BigInt(origin.producerId), BATCH.producerId);
  bytes.writeInt16BE(origin.producerEpoch, BATCH.producerEpoch);
  bytes.writeInt32BE(origin.baseSequence, BATCH.baseSequence);
  bytes.writeInt32BE(count, BATCH.count);
  bytes.writeUInt32BE(crc32c(bytes.subarray(BATCH.attributes, end)), BATCH.crc);
}

function writeRecord(bytes: Buffer, at: number, record: BatchRecord, offsetDelta: number): number {
  const headers = Object.entries(record.headers ?? {});
  let next = writeVarint(bytes, at, bodySize(record, headers, offsetDelta));
  bytes[next++] = 0;
  next = writeVarint(bytes, next, 0);
  next = writeVarint(bytes, next, offsetDelta);
  next = writeBytes(bytes, next, record.key);
  next = writeBytes(bytes, next, record.value);
  next = writeVarint(bytes, next, headers.length);
  for (const [name, value] of headers) next = writeText(bytes, writeText(bytes, next, name), value);
  return next;
}

function bodySize(record: BatchRecord, headers: readonly [string, string][], offsetDelta: number): number {
  // Attributes and the difference of times take a byte each.
  let size = 2 + varintSize(offsetDelta) + bytesSize(record.key) + bytesSize(record.value) + varintSize(headers.length);
  for (const [name, value] of headers) size += textSize(name) + textSize(value);
  return size;
}

function bytesSize(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length;
}

function textSize(text: string): number {
  const length = Buffer.byteLength(text);
  return varintSize(length) + length;
}

function writeBytes(target: Buffer, at: number, bytes: Uint8Array | null): number {
  if (bytes === null) return writeVarint(target, at, -1);
  const start = writeVarint(target, at, bytes.length);
  target.set(bytes, start);
  return start + bytes.length;
}

function writeText(target: Buffer, at: number, text: string): number {
  const start = writeVarint(target, at, Buffer.byteLength(text));
  return start + target.write(text, start, 'utf8');
}
