// Reads protobuf. A length is checked before it is followed, and a message to have ended where its length said, so that
// nothing is read further behind a request than its slack.
import { DATA, fail } from './memory';
import { FIELD_ZERO, LENGTH, LONG_VARINT, OVER_32_BITS, OVER_64_BITS, RUNS_PAST, TIMESTAMP, WIRE_TYPE } from './problem';

/** Where the next byte is. */
export let at: u32 = 0;

export function moveTo(address: u32): void {
  at = address;
}

function byte(): u32 {
  const value = load<u8>(at);
  at++;
  return value;
}

/** A varint of at most 32 bits: a tag, a length or a reference. */
export function uint32(): u32 {
  const first = byte();
  return first < 0x80 ? first : longUint32(first);
}

function longUint32(first: u32): u32 {
  let value = first & 0x7f;
  for (let shift: u32 = 7; shift < 28; shift += 7) {
    const next = byte();
    value |= (next & 0x7f) << shift;
    if (next < 0x80) return value;
  }
  const last = byte();
  if (last > 0x0f) fail(OVER_32_BITS, <i32>(at - 1 - DATA));
  return value | (last << 28);
}

/** A field's tag: number << 3 | wire type. */
export function tag(): u32 {
  const value = uint32();
  if (value < 8) fail(FIELD_ZERO, <i32>(at - 1 - DATA));
  return value;
}

/** Reads a length and returns where what it measures ends, which is at most `stop`. */
export function end(stop: u32): u32 {
  const length = uint32();
  if (at > stop || length > <u32>(stop - at)) fail(LENGTH, <i32>(at - DATA), <i32>length);
  return at + length;
}

/** Passes over the value of a field of any kind. */
export function skip(tagged: u32, stop: u32): void {
  switch (tagged & 7) {
    case 0:
      skipVarint();
      break;
    case 1:
      at += 8;
      break;
    case 2:
      at = end(stop);
      break;
    case 5:
      at += 4;
      break;
    default:
      fail(WIRE_TYPE, <i32>(at - DATA), <i32>(tagged & 7));
  }
}

/** Checks that the message that ends at `stop` was read to its end and no further. */
export function finish(stop: u32): void {
  if (at != stop) fail(RUNS_PAST, <i32>(stop - DATA));
}

function skipVarint(): void {
  for (let i = 0; i < 10; i++) if (byte() < 0x80) return;
  fail(LONG_VARINT, <i32>(at - 1 - DATA));
}

/** The distance of two times is a whole number that every part of the stream can hold. */
const LARGEST: i64 = 0xf_ffff_ffff_ffff;

/** A signed 64-bit varint, within ±2^52. */
export function int64(): f64 {
  const word = load<u64>(at);
  if (!isOfSixBytes(word)) return longInt64();
  at += 6;
  return sixBytes(word);
}

/** Whether a word begins with a varint of six bytes, as times of these decades have. */
export function isOfSixBytes(word: u64): bool {
  return (word & 0x0000_8080_8080_8080) == 0x0000_0080_8080_8080;
}

/** The value of such a varint. */
export function sixBytes(word: u64): f64 {
  return <f64>(
    ((word & 0x7f) |
      ((word >> 1) & 0x3f80) |
      ((word >> 2) & 0x1f_c000) |
      ((word >> 3) & 0xfe0_0000) |
      ((word >> 4) & 0x7_f000_0000) |
      ((word >> 5) & 0x3f8_0000_0000))
  );
}

function longInt64(): f64 {
  let value: u64 = 0;
  let shift: u64 = 0;
  let next: u64 = 0x80;
  for (; shift < 63 && next >= 0x80; shift += 7) {
    next = byte();
    value |= (next & 0x7f) << shift;
  }
  if (next >= 0x80) {
    const tenth: u64 = byte();
    if (tenth > 1) fail(OVER_64_BITS, <i32>(at - 1 - DATA));
    value |= tenth << 63;
  }
  const signed = <i64>value;
  if (signed > LARGEST || signed < -LARGEST) fail(TIMESTAMP);
  return <f64>signed;
}
