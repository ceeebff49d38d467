import { compress, type Protocol } from '@tandem/remote-write';

/** A body as it goes into the log, with what its headers say. */
export interface StampedBody {
  /** Snappy block. */
  readonly value: Uint8Array;
  readonly samples: number;
  readonly minTimestampMs: number;
  readonly maxTimestampMs: number;
}

/** The varints of all times between 1971 and 2109 are this long, so that one can be written over another. */
const TIME_BYTES = 6;
const SERIES: Readonly<Record<Protocol, number>> = { v1: 1, v2: 5 };
const SAMPLE = 2;
const TIMESTAMP = 2;

/** A recorded body, of which the times can be set: everything else in it stays as it was sent. */
export class TimedBody {
  /** The message, with the times set last. */
  readonly raw: Uint8Array;
  /** Where the times are, and what they were. */
  readonly #times: readonly { readonly at: number; readonly ms: number }[];

  /** @throws {Error} when the body is not one of this protocol, or has no sample */
  constructor(protocol: Protocol, raw: Uint8Array) {
    this.raw = Uint8Array.from(raw);
    this.#times = timesIn(this.raw, SERIES[protocol]);
    if (this.#times.length === 0) throw new Error('a recorded body has no samples');
  }

  get samples(): number {
    return this.#times.length;
  }

  /** Oldest time as recorded, Unix ms. */
  get fromMs(): number {
    return this.#times.reduce((least, { ms }) => Math.min(least, ms), Infinity);
  }

  /** Newest time as recorded, Unix ms. */
  get toMs(): number {
    return this.#times.reduce((most, { ms }) => Math.max(most, ms), -Infinity);
  }

  /** The body at other times. */
  stamp(timeOf: (recordedMs: number) => number): StampedBody {
    let minTimestampMs = Infinity;
    let maxTimestampMs = -Infinity;
    for (const { at, ms } of this.#times) {
      const timestampMs = timeOf(ms);
      writeTime(this.raw, at, timestampMs);
      minTimestampMs = Math.min(minTimestampMs, timestampMs);
      maxTimestampMs = Math.max(maxTimestampMs, timestampMs);
    }
    return { value: compress(this.raw), samples: this.samples, minTimestampMs, maxTimestampMs };
  }
}

function timesIn(data: Uint8Array, seriesField: number): readonly { readonly at: number; readonly ms: number }[] {
  const times: { at: number; ms: number }[] = [];
  for (const series of fieldsOf(data, 0, data.length)) {
    if (series.number !== seriesField) continue;
    for (const sample of fieldsOf(data, series.from, series.to)) {
      if (sample.number !== SAMPLE) continue;
      for (const { number, from, to } of fieldsOf(data, sample.from, sample.to)) {
        if (number === TIMESTAMP && to - from === TIME_BYTES) times.push({ at: from, ms: varintAt(data, from).value });
      }
    }
  }
  return times;
}

interface Field {
  readonly number: number;
  /** Where its value is, without a length before it. */
  readonly from: number;
  readonly to: number;
}

function* fieldsOf(data: Uint8Array, from: number, to: number): Generator<Field> {
  for (let at = from; at < to;) {
    const tag = varintAt(data, at);
    const field = valueOf(data, tag.value & 7, tag.to);
    yield { number: tag.value >>> 3, ...field };
    at = field.to;
  }
}

function valueOf(data: Uint8Array, wireType: number, at: number): { readonly from: number; readonly to: number } {
  if (wireType === 0) return { from: at, to: varintAt(data, at).to };
  if (wireType === 1) return { from: at, to: at + 8 };
  if (wireType !== 2) throw new Error(`a recorded body has a field of wire type ${wireType}`);
  const length = varintAt(data, at);
  return { from: length.to, to: length.to + length.value };
}

function varintAt(data: Uint8Array, from: number): { readonly value: number; readonly to: number } {
  let value = 0;
  for (let at = from, scale = 1; at < data.length; at++, scale *= 128) {
    const byte = data[at] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, to: at + 1 };
  }
  throw new Error('a recorded body ends within a number');
}

function writeTime(data: Uint8Array, at: number, timestampMs: number): void {
  let rest = timestampMs;
  for (let i = 0; i < TIME_BYTES; i++) {
    data[at + i] = (rest % 128) | (i < TIME_BYTES - 1 ? 0x80 : 0);
    rest = Math.floor(rest / 128);
  }
}
