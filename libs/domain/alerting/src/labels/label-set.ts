import { Buffer } from 'node:buffer';

import { quote } from './quote.ts';

/** Names with their values. A label that is not there has the value "". */
export type LabelSet = ReadonlyMap<string, string>;

/** Names of a label set in the order of their UTF-8 bytes. */
export function sortedNames(labels: LabelSet): readonly string[] {
  return [...labels.keys()].toSorted(compareText);
}

/** Compares texts by their UTF-8 bytes, as Go compares strings: not by UTF-16 units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const [x, y] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for characters beyond U+FFFF, which come after all others in UTF-8. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit;
}

/**
 * Order of label sets, by which alerts of a notification are sorted where `job` and `instance` do not tell them apart:
 * fewer labels first; then, at the first name of either, the one without it, then the lower value.
 */
export function compareLabelSets(a: LabelSet, b: LabelSet): number {
  if (a.size !== b.size) return a.size - b.size;
  for (const name of [...new Set([...a.keys(), ...b.keys()])].toSorted(compareText)) {
    const [value, other] = [a.get(name), b.get(name)];
    if (value === undefined) return -1;
    if (other === undefined) return 1;
    const order = compareText(value, other);
    if (order !== 0) return order;
  }
  return 0;
}

/** `{a="b", c="d"}`: sorted by name, names bare, values as Go quotes them. Second half of a group key. */
export function formatLabelSet(labels: LabelSet): string {
  return `{${sortedNames(labels)
    .map((name) => `${name}=${quote(labels.get(name) ?? '')}`)
    .join(', ')}}`;
}

/** Hash of the empty set, and the start of every other: the offset basis of FNV-1a, 64 bits. */
const OFFSET_HIGH = 0xcbf2_9ce4;
const OFFSET_LOW = 0x8422_2325;
/** The prime is 2^40 + 0x1b3. */
const PRIME_LOW = 0x1b3;
const SEPARATOR = 0xff;

/** Fingerprints that were computed: they are asked for at each reading, and label sets never change. */
const remembered = new WeakMap<LabelSet, string>();

/**
 * Fingerprint of a label set, 16 hex digits: FNV-1a (64 bits) of `name 0xFF value 0xFF …` by name. Identifies an alert in
 * the API, and a group within its route.
 */
export function fingerprint(labels: LabelSet): string {
  const known = remembered.get(labels);
  if (known !== undefined) return known;
  const computed = computeFingerprint(labels);
  remembered.set(labels, computed);
  return computed;
}

function computeFingerprint(labels: LabelSet): string {
  const hash = { high: OFFSET_HIGH, low: OFFSET_LOW };
  for (const name of sortedNames(labels)) {
    addText(hash, name);
    addByte(hash, SEPARATOR);
    addText(hash, labels.get(name) ?? '');
    addByte(hash, SEPARATOR);
  }
  return hex32(hash.high) + hex32(hash.low);
}

interface Hash {
  high: number;
  low: number;
}

function addText(hash: Hash, text: string): void {
  for (const byte of Buffer.from(text, 'utf8')) addByte(hash, byte);
}

/** hash = (hash ^ byte) * prime modulo 2^64, in halves of 32 bits: each product stays below 2^53. */
function addByte(hash: Hash, byte: number): void {
  const low = (hash.low ^ byte) >>> 0;
  const product = low * PRIME_LOW;
  const carried = Math.floor(product / 0x1_0000_0000);
  // low * 2^40 reaches the upper half shifted by 8 bits.
  hash.high = (Math.imul(hash.high, PRIME_LOW) + Math.imul(low, 0x100) + carried) >>> 0;
  hash.low = product >>> 0;
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}
