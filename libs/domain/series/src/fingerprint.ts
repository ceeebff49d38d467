import { type Label } from './label.ts';

const { imul } = Math;

/** Multipliers of the two lanes: those of MurmurHash3's first lane for 128 bits, and of its 32-bit form. */
const HIGH_1 = 0x239b961b;
const HIGH_2 = 0xab0e9789;
const LOW_1 = 0xcc9e2d51;
const LOW_2 = 0x1b873593;

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = imul(h, 0x7feb352d);
  h ^= h >>> 15;
  h = imul(h, 0x846ca68b);
  return h ^ (h >>> 16);
}

function mixHigh(word: number): number {
  return imul(rotate(imul(word, HIGH_1), 15), HIGH_2);
}

function mixLow(word: number): number {
  return imul(rotate(imul(word, LOW_1), 15), LOW_2);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/**
 * What a label adds to the high half of its series' fingerprint, from the high lanes of the hashes of its name and its
 * value. Not symmetric, and strongly mixed, because the labels of a series are then simply added.
 */
export function pairHigh(nameHigh: number, valueHigh: number): number {
  return finish(imul(nameHigh, 0x9e3779b1) + rotate(valueHigh, 11));
}

/** As {@link pairHigh}, for the low half. */
export function pairLow(nameLow: number, valueLow: number): number {
  return finish(imul(nameLow, 0xc2b2ae3d) ^ rotate(valueLow, 19));
}

/**
 * Hashes texts (their UTF-8 bytes) to 64 bits, in two independent lanes of 32. Stable for ever, on every machine:
 * series are assigned to partitions by it. Not cryptographic: whoever chooses label values can make collisions.
 */
export class TextHasher {
  /** The high lane of the text hashed last, as a signed 32-bit integer. */
  high = 0;
  /** The low lane of the text hashed last, as a signed 32-bit integer. */
  low = 0;
  readonly #view: DataView;

  constructor(view: DataView) {
    this.#view = view;
  }

  /** Hashes the bytes from `from` up to `to`; the result is in `high` and `low`. */
  hash(from: number, to: number): void {
    const view = this.#view;
    const words = to - 3;
    let high = 0x2f0b4a27 ^ (to - from);
    let low = 0x165667b1 + (to - from);
    let at = from;
    for (; at < words; at += 4) {
      const word = view.getInt32(at, true);
      high = (imul(rotate(high ^ mixHigh(word), 19), 5) + 0x561ccd1b) | 0;
      low = (imul(rotate(low ^ mixLow(word), 13), 5) + 0xe6546b64) | 0;
    }
    let tail = 0;
    for (; at < to; at++) tail = (tail << 8) | view.getUint8(at);
    this.high = finish(high ^ mixHigh(tail));
    this.low = finish(low ^ mixLow(tail));
  }
}

/** A 64-bit hash in two signed 32-bit halves. */
export interface Fingerprint {
  readonly high: number;
  readonly low: number;
}

/**
 * The fingerprint of a series: the same for the same labels in whatever order and encoding, without the replica label
 * (so that the copies of all replicas share it) and without labels of empty value (which are no labels). For cold
 * paths and tests: the codecs add up {@link pairHigh} and {@link pairLow} over the bytes on the wire.
 */
export function fingerprintOf(labels: readonly Label[], replicaLabel?: string | null): Fingerprint {
  const encoder = new TextEncoder();
  let high = 0;
  let low = 0;
  for (const { name, value } of labels) {
    if (value === '' || name === replicaLabel) continue;
    const nameHash = hashOf(encoder.encode(name));
    const valueHash = hashOf(encoder.encode(value));
    high = (high + pairHigh(nameHash.high, valueHash.high)) | 0;
    low = (low + pairLow(nameHash.low, valueHash.low)) | 0;
  }
  return { high, low };
}

function hashOf(bytes: Uint8Array): Fingerprint {
  const hasher = new TextHasher(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  hasher.hash(0, bytes.length);
  return { high: hasher.high, low: hasher.low };
}

/** The 16 hexadecimal digits of a 64-bit hash. */
export function toHex({ high, low }: Fingerprint): string {
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
}
