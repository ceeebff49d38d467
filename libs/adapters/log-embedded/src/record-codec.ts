import { LogError, type LogRecord, type OutgoingRecord, type RecordHeaders } from '@tandem/stream';

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

/** A record in its stored form, its time still zero; {@link stampRecord} sets it. */
export function encodeRecord(record: OutgoingRecord): Buffer {
  const headers = Object.entries(record.headers ?? {});
  const lengths = headers.map(([name, value]) => [Buffer.byteLength(name), Buffer.byteLength(value)] as const);
  const keyBytes = record.key === null ? 0 : prefixedBytes(record.key.length);
  const headerBytes = lengths.reduce((sum, [n, v]) => sum + prefixedBytes(n) + prefixedBytes(v), 0);
  const size = HEAD_BYTES + varintBytes(headers.length) + headerBytes + keyBytes + (record.value?.length ?? 0);
  const into = Buffer.allocUnsafe(size);
  into[0] = flagsOf(record);
  into.writeUIntBE(0, TIME_AT, TIME_BYTES);
  let at = writeVarint(into, HEAD_BYTES, headers.length);
  for (const [i, [name, value]] of headers.entries()) {
    const [nameBytes, valueBytes] = lengths[i] ?? [0, 0];
    at = writeVarint(into, at, nameBytes);
    at += into.write(name, at);
    at = writeVarint(into, at, valueBytes);
    at += into.write(value, at);
  }
  if (record.key !== null) {
    at = writeVarint(into, at, record.key.length);
    into.set(record.key, at);
    at += record.key.length;
  }
  if (record.value !== null) into.set(record.value, at);
  return into;
}

function flagsOf({ key, value }: OutgoingRecord): number {
  return (key === null ? 0 : HAS_KEY) | (value === null ? 0 : HAS_VALUE);
}

/** Sets the append time of a stored record. */
export function stampRecord(stored: Buffer, timeMs: number): void {
  stored.writeUIntBE(timeMs, TIME_AT, TIME_BYTES);
}

/** The append time of a stored record, Unix ms. */
export function recordTimeMs(stored: Buffer): number {
  return stored.readUIntBE(TIME_AT, TIME_BYTES);
}

/** A stored record as a reader gets it; key and value are views of `stored`, which must not be reused. */
export function decodeRecord(stored: Buffer, offset: number): LogRecord {
  const cursor = new Cursor(stored, HEAD_BYTES);
  const flags = stored[0] ?? 0;
  const headers = decodeHeaders(cursor);
  const key = (flags & HAS_KEY) === 0 ? null : cursor.take(cursor.varint());
  const value = (flags & HAS_VALUE) === 0 ? null : cursor.rest();
  return { offset, timestampMs: recordTimeMs(stored), key, value, headers };
}

function decodeHeaders(cursor: Cursor): RecordHeaders {
  const count = cursor.varint();
  const headers: [string, string][] = [];
  for (let i = 0; i < count; i++) {
    const name = cursor.text(cursor.varint());
    headers.push([name, cursor.text(cursor.varint())]);
  }
  return Object.fromEntries(headers);
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

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#from.length) throw damaged();
    const taken = this.#from.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  text(length: number): string {
    const from = this.#at;
    this.take(length);
    return this.#from.toString('utf8', from, this.#at);
  }

  rest(): Buffer {
    return this.take(this.#from.length - this.#at);
  }
}

function damaged(): LogError {
  return new LogError('misconfigured', 'cannot read a record: it ends too early; the data directory is damaged');
}

/** Bytes of something with its length before it. */
function prefixedBytes(length: number): number {
  return varintBytes(length) + length;
}

function varintBytes(value: number): number {
  let length = 1;
  for (let left = value; left >= 0x80; left = Math.floor(left / 128)) length += 1;
  return length;
}

function writeVarint(into: Buffer, at: number, value: number): number {
  let next = at;
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 128)) into[next++] = (left % 128) | 0x80;
  into[next++] = left;
  return next;
}
