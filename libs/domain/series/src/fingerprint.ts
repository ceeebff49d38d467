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
 * Hashes labels (the UTF-8 bytes of name and value) to 64 bits, in two independent lanes of 32. The fingerprint of a
 * series is the sum of its labels' hashes, lane by lane, so that their order does not matter. Stable for ever, on every
 * machine: series are assigned to partitions by it. Not cryptographic: who chooses label values can make collisions.
 */
export class LabelHasher {
  /** The high lane of the label hashed last, a signed 32-bit integer. */
  high = 0;
  /** The low lane of the label hashed last, a signed 32-bit integer. */
  low = 0;
  readonly #view: DataView;

  constructor(view: DataView) {
    this.#view = view;
  }

  /** Hashes the label of the name and the value at these offsets; the result is in `high` and `low`. */
  hash(nameFrom: number, nameTo: number, valueFrom: number, valueTo: number): void {
    const lengths = imul(nameTo - nameFrom, 0x9e3779b1) + (valueTo - valueFrom);
    this.high = 0x2f0b4a27 ^ lengths;
    this.low = 0x165667b1 + lengths;
    this.#absorb(nameFrom, nameTo);
    this.#absorb(valueFrom, valueTo);
    this.high = finish(this.high);
    this.low = finish(this.low);
  }

  /** Takes in a text by words; the last one overlaps the one before, or is what there is of a short text. */
  #absorb(from: number, to: number): void {
    const view = this.#view;
    const last = to - 4;
    let { high, low } = this;
    for (let at = from; at < last; at += 4) {
      const word = view.getInt32(at, true);
      high = (imul(rotate(high ^ mixHigh(word), 19), 5) + 0x561ccd1b) | 0;
      low = (imul(rotate(low ^ mixLow(word), 13), 5) + 0xe6546b64) | 0;
    }
    const word = last < from ? this.#short(from, to) : view.getInt32(last, true);
    this.high = (imul(rotate(high ^ mixHigh(word), 19), 5) + 0x561ccd1b) | 0;
    this.low = (imul(rotate(low ^ mixLow(word), 13), 5) + 0xe6546b64) | 0;
  }

  #short(from: number, to: number): number {
    let word = 0;
    for (let at = from; at < to; at++) word = (word << 8) | this.#view.getUint8(at);
    return word;
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
 * paths and tests: the codecs add up the hashes of a {@link LabelHasher} over the bytes on the wire.
 */
export function fingerprintOf(labels: readonly Label[], replicaLabel?: string | null): Fingerprint {
  let high = 0;
  let low = 0;
  for (const label of labels) {
    if (label.value === '' || label.name === replicaLabel) continue;
    const hash = hashOf(label);
    high = (high + hash.high) | 0;
    low = (low + hash.low) | 0;
  }
  return { high, low };
}

const encoder = new TextEncoder();

function hashOf({ name, value }: Label): Fingerprint {
  const bytes = encoder.encode(name + value);
  const nameLength = encoder.encode(name).length;
  const hasher = new LabelHasher(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  hasher.hash(0, nameLength, nameLength, bytes.length);
  return { high: hasher.high, low: hasher.low };
}

/** The 16 hexadecimal digits of a 64-bit hash. */
export function toHex({ high, low }: Fingerprint): string {
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
}
