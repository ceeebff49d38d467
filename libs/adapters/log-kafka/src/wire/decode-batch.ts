import { gunzipSync } from 'node:zlib';
import { HeaderAssembler, type LogRecord, type RecordHeaders } from '@tandem/stream';
import { ATTRIBUTES, BATCH, BATCH_PREFIX_BYTES, MAGIC } from './record-batch.ts';
import { ByteReader } from './varint.ts';

/** A transaction whose records are in the log and must not be seen. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** What a run of batches holds for a reader of committed records. */
export interface DecodedBatches {
  readonly records: LogRecord[];
  /** The offset behind the last whole batch, visible or not; `undefined` where there is none. */
  readonly nextOffset: number | undefined;
}

/** A batch that cannot be read: not ours, or damaged. */
export class UnreadableBatchError extends Error {
  override readonly name = 'UnreadableBatchError';
}

/*
 * Byte arrays up to this length are copied, so that a record that is kept (a view of a compacted topic keeps many small
 * ones) does not keep the whole answer of the broker in memory.
 */
const COPY_BELOW_BYTES = 4096;
const NOTHING = Buffer.alloc(0);

/**
 * Decodes the batches of a fetch, leaving out control records, records of aborted transactions, and those before
 * `from` (a broker gives whole batches). A batch cut off at the end is left for the next fetch.
 */
export function decodeBatches(bytes: Buffer, from: number, aborted: readonly AbortedTransaction[]): DecodedBatches {
  const filter = new AbortedFilter(aborted);
  const records: LogRecord[] = [];
  let nextOffset: number | undefined;
  for (let at = 0; at + BATCH.records <= bytes.length;) {
    const size = BATCH_PREFIX_BYTES + bytes.readInt32BE(at + BATCH.length);
    if (at + size > bytes.length) break;
    const batch = new Batch(bytes.subarray(at, at + size));
    if (filter.shows(batch)) batch.decode(from, records);
    nextOffset = batch.lastOffset + 1;
    at += size;
  }
  return { records, nextOffset };
}

/** Follows which transactions are aborted as their markers are passed. */
class AbortedFilter {
  readonly #pending: AbortedTransaction[];
  readonly #open = new Set<number>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#pending = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  shows(batch: Batch): boolean {
    for (let next = this.#pending[0]; next !== undefined && next.firstOffset <= batch.lastOffset;) {
      this.#open.add(next.producerId);
      this.#pending.shift();
      next = this.#pending[0];
    }
    if (batch.has(ATTRIBUTES.control)) {
      this.#open.delete(batch.producerId);
      return false;
    }
    return !(batch.has(ATTRIBUTES.transactional) && this.#open.has(batch.producerId));
  }
}

class Batch {
  readonly #bytes: Buffer;
  readonly #attributes: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly producerId: number;

  constructor(bytes: Buffer) {
    if (bytes.readInt8(BATCH.magic) !== MAGIC) throw new UnreadableBatchError('an old format of records');
    this.#bytes = bytes;
    this.#attributes = bytes.readInt16BE(BATCH.attributes);
    this.baseOffset = Number(bytes.readBigInt64BE(BATCH.baseOffset));
    this.lastOffset = this.baseOffset + bytes.readInt32BE(BATCH.lastOffsetDelta);
    this.producerId = Number(bytes.readBigInt64BE(BATCH.producerId));
  }

  has(bit: number): boolean {
    return (this.#attributes & bit) !== 0;
  }

  decode(from: number, records: LogRecord[]): void {
    const first = Number(this.#bytes.readBigInt64BE(BATCH.firstTimestamp));
    const appended = this.has(ATTRIBUTES.logAppendTime)
      ? Number(this.#bytes.readBigInt64BE(BATCH.maxTimestamp))
      : undefined;
    const reader = new ByteReader(this.#records());
    const count = this.#bytes.readInt32BE(BATCH.count);
    for (let i = 0; i < count; i++) {
      const end = reader.varint() + reader.at;
      reader.int8();
      const timestampMs = first + reader.varint();
      const offset = this.baseOffset + reader.varint();
      if (offset >= from) records.push(decodeRecord(reader, offset, appended ?? timestampMs));
      reader.at = end;
    }
  }

  /** Ours are never compressed, but another writer of the topic may do as it likes. */
  #records(): Buffer {
    const bytes = this.#bytes.subarray(BATCH.records);
    const codec = this.#attributes & ATTRIBUTES.codec;
    if (codec === 0) return bytes;
    if (codec === 1) return gunzipSync(bytes);
    throw new UnreadableBatchError(`records at offset ${this.baseOffset} are compressed with codec ${codec}`);
  }
}

function decodeRecord(reader: ByteReader, offset: number, timestampMs: number): LogRecord {
  const key = decodeBytes(reader);
  const value = decodeBytes(reader);
  return { offset, timestampMs, key, value, headers: decodeHeaders(reader) };
}

const assembler = new HeaderAssembler();

function decodeHeaders(reader: ByteReader): RecordHeaders {
  try {
    for (let texts = 2 * reader.varint(); texts > 0; texts--) {
      const to = Math.max(0, reader.varint()) + reader.at;
      if (to > reader.bytes.length) throw new RangeError(`cannot read a header: it ends at ${to}`);
      assembler.take(reader.bytes, reader.at, to);
      reader.at = to;
    }
  } catch (error) {
    assembler.reset();
    throw error;
  }
  return assembler.finish();
}

function decodeBytes(reader: ByteReader): Uint8Array | null {
  const length = reader.varint();
  if (length < 0) return null;
  if (length === 0) return NOTHING;
  const bytes = reader.slice(length);
  return length > COPY_BELOW_BYTES ? bytes : Buffer.from(bytes);
}
