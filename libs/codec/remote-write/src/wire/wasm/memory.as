// Where things are in the memory, and the parts of it that JavaScript reads; `module.ts` knows the same numbers.

/** The request: where `snappy.wat` puts what it inflates. Below it, its input, there is room once that is done. */
export const DATA: u32 = 0x400000;

/** Names of the labels that are looked for, at most 16 KiB each. */
export const CLUSTER_NAME: u32 = 0x10000;
export const REPLICA_NAME: u32 = 0x14000;
export const MAX_NAME: i32 = 0x4000;

/** The labels of the series before, as bytes: what is the same there need not be looked at again. */
export const BEFORE: u32 = 0x20000;
export const MAX_BEFORE: u32 = 0x8000;

/** Zeros behind the request: a varint or a double that begins inside of it ends there. */
export const SLACK: u32 = 64;

/** What is said of the series stood on: 32-bit integers, in the order of `SERIES_FIELD` in `module.ts`. */
export const SERIES: u32 = 0x400;
/** What is said of the request: 32-bit integers, in the order of `REQUEST_FIELD` in `module.ts`. */
export const REQUEST: u32 = 0x500;
/** The oldest and the newest time of a request, as doubles. */
export const TIMES: u32 = 0x5f0;

/** What a request is read for. */
export const FINGERPRINTS: i32 = 1;
export const CHECK_UTF8: i32 = 2;
/** Of a rewrite: a series of which no sample is kept goes, whatever else it came with. */
export const ONLY_KEPT: i32 = 4;

/** What a label's name means to us. */
export const NONE: i32 = 0;
export const CLUSTER: i32 = 1;
export const REPLICA: i32 = 2;
export const METRIC_NAME: i32 = 3;

/** Strides of the lists. Label: name from, to, value from, to; role, hash high, low, from. */
export const LABEL: u32 = 32;
/** Symbol: from, to, role, nothing. */
export const SYMBOL: u32 = 16;
/** Label, as two symbols: name (in the upper bits its role), value; hash high, low. */
export const PAIR: u32 = 16;
/** Item: kind, from, to, where its value is; time (a double); whether it is dropped. */
export const ITEM: u32 = 32;
/** Packed run of references: where its length is, from, to. */
export const RUN: u32 = 12;
/** Span: from, to. */
export const SPAN: u32 = 8;
/** Listed for a tracker: fingerprint high, low of its series; time (a double). */
export const LISTED: u32 = 16;

export const FLOAT: i32 = 0;
export const NATIVE: i32 = 1;

/** Stops with a problem, whose text `problem-text.ts` has. */
export function fail(problem: i32, a: i32 = 0, b: i32 = 0): void {
  store<i32>(REQUEST, problem);
  store<i32>(REQUEST, a, 4);
  store<i32>(REQUEST, b, 8);
  unreachable();
}

/** Offset into the request, for JavaScript; -1 where there is nothing. */
export function offset(address: u32): i32 {
  return address == 0 ? -1 : <i32>(address - DATA);
}

/** Moves bytes to lower addresses; what lies behind either end is left alone, as far as it is still to be read. */
export function moveDown(target: u32, source: u32, length: u32): void {
  let to = target;
  let from = source;
  const stop = source + length;
  if (source - target >= 16) {
    for (; from < stop; from += 16) {
      v128.store(to, v128.load(from));
      to += 16;
    }
    return;
  }
  const words = source + (length & ~15);
  // A word is stored where nothing is left to be read, because the target is below the source.
  for (; from < words; from += 16) {
    v128.store(to, v128.load(from));
    to += 16;
  }
  for (; from < stop; from++) {
    store<u8>(to, load<u8>(from));
    to++;
  }
}

/** Whether two texts are the same. */
export function sameBytes(a: u32, b: u32, length: u32): bool {
  if (length >= 16) {
    const last = length - 16;
    for (let i: u32 = 0; i < last; i += 16) {
      if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
    }
    return !v128.any_true(v128.xor(v128.load(a + last), v128.load(b + last)));
  }
  if (length >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    return load<u64>(a + length - 8) == load<u64>(b + length - 8);
  }
  if (length >= 4) {
    if (load<u32>(a) != load<u32>(b)) return false;
    return load<u32>(a + length - 4) == load<u32>(b + length - 4);
  }
  for (let i: u32 = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}
