// What label texts are: ASCII, UTF-8, one of the names that matter; and their hash.
import { CLUSTER, CLUSTER_NAME, DATA, fail, METRIC_NAME, NONE, REPLICA, REPLICA_NAME, sameBytes } from './memory';
import { UTF8 } from './problem';

/** `__name__`, as a little-endian word. */
const METRIC_NAME_TEXT: u64 = 0x5f5f_656d_616e_5f5f;

let clusterLength: u32 = 0;
let replicaLength: u32 = 0;

/** Says how long the names that are looked for are; 0: there is none. */
export function setNames(cluster: i32, replica: i32): void {
  clusterLength = cluster;
  replicaLength = replica;
}

/** What a label's name means. */
export function roleOf(from: u32, to: u32): i32 {
  const length = to - from;
  if (length == 0) return NONE;
  if (length == replicaLength && sameBytes(from, REPLICA_NAME, length)) return REPLICA;
  if (length == clusterLength && sameBytes(from, CLUSTER_NAME, length)) return CLUSTER;
  return length == 8 && load<u64>(from) == METRIC_NAME_TEXT ? METRIC_NAME : NONE;
}

/** Whether no byte has its top bit set. */
export function isAscii(from: u32, to: u32): bool {
  let address = from;
  for (; address + 16 <= to; address += 16) if (i8x16.bitmask(v128.load(address)) != 0) return false;
  for (; address < to; address++) if (load<u8>(address) >= 0x80) return false;
  return true;
}

export function requireUtf8(from: u32, to: u32): void {
  if (!isAscii(from, to) && !isUtf8(from, to)) fail(UTF8, <i32>(from - DATA));
}

/** Table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
function isUtf8(from: u32, to: u32): bool {
  let address = from;
  while (address < to) {
    const first: u32 = load<u8>(address++);
    if (first < 0x80) continue;
    if (first < 0xc2 || first > 0xf4) return false;
    const more: u32 = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (more > to - address) return false;
    const second: u32 = load<u8>(address);
    const least: u32 = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const most: u32 = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) return false;
    for (let i: u32 = 1; i < more; i++) if ((load<u8>(address + i) & 0xc0) != 0x80) return false;
    address += more;
  }
  return true;
}

/** The hash of a label, of which a series' fingerprint is the sum: bit for bit that of `LabelHasher` in @tandem/series. */
export let hashHigh: u32 = 0;
export let hashLow: u32 = 0;

export function hash(nameFrom: u32, nameTo: u32, valueFrom: u32, valueTo: u32): void {
  const lengths = <u32>(nameTo - nameFrom) * 0x9e3779b1 + <u32>(valueTo - valueFrom);
  hashHigh = 0x2f0b4a27 ^ lengths;
  hashLow = 0x165667b1 + lengths;
  absorb(nameFrom, nameTo);
  absorb(valueFrom, valueTo);
  hashHigh = finishHash(hashHigh);
  hashLow = finishHash(hashLow);
}

/** Takes in a text by words; the last one overlaps the one before, or is what there is of a short text. */
function absorb(from: u32, to: u32): void {
  let high = hashHigh;
  let low = hashLow;
  let word: u32 = 0;
  if (to - from >= 4) {
    const last = to - 4;
    for (let address = from; address < last; address += 4) {
      word = load<u32>(address);
      high = rotl<u32>(high ^ mixHigh(word), 19) * 5 + 0x561ccd1b;
      low = rotl<u32>(low ^ mixLow(word), 13) * 5 + 0xe6546b64;
    }
    word = load<u32>(last);
  } else {
    for (let address = from; address < to; address++) word = (word << 8) | load<u8>(address);
  }
  hashHigh = rotl<u32>(high ^ mixHigh(word), 19) * 5 + 0x561ccd1b;
  hashLow = rotl<u32>(low ^ mixLow(word), 13) * 5 + 0xe6546b64;
}

function mixHigh(word: u32): u32 {
  return rotl<u32>(word * 0x239b961b, 15) * 0xab0e9789;
}

function mixLow(word: u32): u32 {
  return rotl<u32>(word * 0xcc9e2d51, 15) * 0x1b873593;
}

function finishHash(value: u32): u32 {
  let h = value ^ (value >> 16);
  h *= 0x7feb352d;
  h ^= h >> 15;
  h *= 0x846ca68b;
  return h ^ (h >> 16);
}
