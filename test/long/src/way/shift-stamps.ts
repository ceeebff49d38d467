import { compress, decompress, type Protocol } from '@tandem/remote-write';

const MAX_DECODED_BYTES = 64 * 1_048_576;
const TIMESTAMP_BYTES = 6;
/** Fields of the two messages (proto/remote_write_v1.proto, proto/remote_write_v2.proto): series of a request, samples of a series. */
const SERIES_FIELD: Readonly<Record<Protocol, number>> = { v1: 1, v2: 5 };
const SAMPLES_FIELD = 2;
const TIMESTAMP_FIELD = 2;

/**
 * A request whose samples are this much later: what a sender whose clock is ahead would have sent. Only the stamps
 * change, in place: stamps of these decades all take six bytes.
 *
 * @throws {Error} when it is no request, or a stamp is not of these decades
 */
export function shiftStamps(protocol: Protocol, body: Uint8Array, byMs: number): Uint8Array {
  const inflated = decompress(body, MAX_DECODED_BYTES);
  if (!inflated.ok) throw new Error(inflated.problem.message);
  const data = Uint8Array.from(inflated.data);
  for (const series of fieldsOf(data, SERIES_FIELD[protocol])) {
    for (const sample of fieldsOf(series, SAMPLES_FIELD)) shiftSample(sample, byMs);
  }
  return compress(data);
}

function shiftSample(sample: Uint8Array, byMs: number): void {
  const reader = new Fields(sample);
  while (reader.next()) {
    if (reader.number !== TIMESTAMP_FIELD) continue;
    const stamp = reader.value + byMs;
    if (reader.to - reader.from !== TIMESTAMP_BYTES) throw new Error(`cannot shift the stamp ${reader.value}`);
    writeVarint(sample, reader.from, stamp);
  }
}

function writeVarint(data: Uint8Array, at: number, value: number): void {
  let rest = value;
  for (let i = 0; i < TIMESTAMP_BYTES; i++) {
    const more = i < TIMESTAMP_BYTES - 1 ? 0x80 : 0;
    data[at + i] = (rest % 128) | more;
    rest = Math.floor(rest / 128);
  }
  if (rest !== 0) throw new Error(`cannot write the stamp ${value} in ${TIMESTAMP_BYTES} bytes`);
}

/** The messages of one field, as views of their bytes. */
function* fieldsOf(message: Uint8Array, wanted: number): Generator<Uint8Array> {
  const reader = new Fields(message);
  while (reader.next()) {
    if (reader.number === wanted) yield message.subarray(reader.from, reader.to);
  }
}

/** Walks the fields of a protobuf message. */
class Fields {
  number = 0;
  /** Where the value of the field lies; of a varint its own bytes. */
  from = 0;
  to = 0;
  /** Of a varint. */
  value = 0;
  readonly #data: Uint8Array;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  /** Goes to the next field; false at the end. */
  next(): boolean {
    if (this.to >= this.#data.length) return false;
    const tag = this.#varint(this.to);
    this.number = Math.floor(tag.value / 8);
    this.from = tag.to;
    this.value = 0;
    const type = tag.value % 8;
    if (type === 0) {
      const { value, to } = this.#varint(tag.to);
      this.value = value;
      this.to = to;
    } else if (type === 1) this.to = tag.to + 8;
    else if (type === 2) {
      const { value, to } = this.#varint(tag.to);
      this.from = to;
      this.to = to + value;
    } else if (type === 5) this.to = tag.to + 4;
    else throw new Error(`cannot read a field of wire type ${type}`);
    if (this.to > this.#data.length) throw new Error('cannot read the message: it ends within a field');
    return true;
  }

  #varint(at: number): { readonly value: number; readonly to: number } {
    let value = 0;
    for (let i = 0; ; i++) {
      const byte = this.#data[at + i];
      if (byte === undefined) throw new Error('cannot read the message: it ends within a number');
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return { value, to: at + i + 1 };
    }
  }
}
