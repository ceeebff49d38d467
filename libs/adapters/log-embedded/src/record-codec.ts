import { HeaderAssembler, LogError, type LogRecord, type OutgoingRecord, type RecordHeaders } from '@tandem/stream';
import { ByteWriter } from './byte-writer.ts';

// A stored record:
//   u8      flags: 1 = has a key, 2 = has a value
//   u48 BE  append time, Unix ms
//   varint  number of headers, then for each: varint length, name, varint length, value (UTF-8)
//   varint  length of the key, then the key (absent without a key)
//   bytes   the value, to the end
const HAS_KEY = 1;
const HAS_VALUE = 2;
const TIME_AT = 1;
const TIME_BYTES = 6;
const HEAD_BYTES = 1 + TIME_BYTES;

/** The bytes a record's append time and flags take; every stored record is at least this long. */
export const MIN_RECORD_BYTES = HEAD_BYTES;

/** What is stored before a record's value, its time still zero: {@link RecordStage} sets it. */
export function encodeHead({ key, value, headers = {} }: Omit<OutgoingRecord, 'topic' | 'partition'>): Buffer {
  head.begin((key === null ? 0 : HAS_KEY) | (value === null ? 0 : HAS_VALUE), HEAD_BYTES);
  const names = Object.keys(headers);
  head.varint(names.length);
  for (const name of names) {
    head.text(name);
    head.text(headers[name] ?? '');
  }
  if (key !== null) head.bytes(key);
  return head.copy();
}

const head = new ByteWriter();

/** Stages larger than this are not kept for the next record, bytes. */
const LARGEST_STAGE = 1_048_576;

/** Where records get their stored form, one after the other: LMDB copies what it is given, so one place does for all. */
export class RecordStage {
  #room = Buffer.alloc(0);

  /** A record in its stored form, until the next call. @param timeMs its append time, Unix ms */
  put(encodedHead: Buffer, value: Uint8Array | null, timeMs: number): Buffer {
    const size = encodedHead.length + (value?.length ?? 0);
    const room = size <= this.#room.length ? this.#room : Buffer.allocUnsafeSlow(roomFor(size));
    if (size <= LARGEST_STAGE) this.#room = room;
    room.set(encodedHead);
    room.writeUIntBE(timeMs, TIME_AT, TIME_BYTES);
    if (value !== null) room.set(value, encodedHead.length);
    return room.subarray(0, size);
  }
}

function roomFor(size: number): number {
  return size > LARGEST_STAGE ? size : 2 ** Math.ceil(Math.log2(size));
}

/** The append time of a stored record, Unix ms. */
export function recordTimeMs(stored: Buffer): number {
  return stored.readUIntBE(TIME_AT, TIME_BYTES);
}

/**
 * A stored record as a reader gets it. Its value is a view of `stored`, which must not be reused; its key is not: who keeps a
 * key must not keep the body with it.
 */
export function decodeRecord(stored: Buffer, offset: number): LogRecord {
  const flags = stored[0] ?? 0;
  const cursor = new Cursor(stored, HEAD_BYTES);
  const headers = decodeHeaders(cursor);
  const key = (flags & HAS_KEY) === 0 ? null : Buffer.from(cursor.take());
  const value = (flags & HAS_VALUE) === 0 ? null : cursor.rest();
  return { offset, timestampMs: recordTimeMs(stored), key, value, headers };
}

const assembler = new HeaderAssembler();

function decodeHeaders(cursor: Cursor): RecordHeaders {
  try {
    for (let texts = 2 * cursor.varint(); texts > 0; texts--) cursor.text(assembler);
  } catch (error) {
    assembler.reset();
    throw error;
  }
  return assembler.finish();
}

/** Walks a stored record; one that ends too early was not written by this codec. */
class Cursor {
  readonly #from: Buffer;
  #at: number;

  constructor(from: Buffer, at: number) {
    this.#from = from;
    this.#at = at;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#from[this.#at++];
      if (byte === undefined) throw damaged();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** Bytes with their length before them. */
  take(): Buffer {
    const length = this.varint();
    return this.#from.subarray(this.#at, this.#pass(length));
  }

  text(into: HeaderAssembler): void {
    const length = this.varint();
    into.take(this.#from, this.#at, this.#pass(length));
  }

  rest(): Buffer {
    return this.#from.subarray(this.#at);
  }

  /** @returns where so many bytes end */
  #pass(length: number): number {
    const end = this.#at + length;
    if (end > this.#from.length) throw damaged();
    this.#at = end;
    return end;
  }
}

function damaged(): LogError {
  return new LogError('misconfigured', 'cannot read a record: it ends too early; the data directory is damaged');
}
