/** Bytes of the varint of an integer from 0 to 2^32 - 1. */
export function varintLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** Writes the varint of an integer from 0 to 2^32 - 1; returns the offset after it. */
export function writeVarint(data: Uint8Array, at: number, value: number): number {
  let offset = at;
  let rest = value;
  while (rest > 0x7f) {
    data[offset++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  data[offset++] = rest;
  return offset;
}

/** The unsigned 64-bit varint at an offset, as the nearest number. */
export function uint64At(data: Uint8Array, at: number): number {
  let low = 0;
  let high = 0;
  for (let i = 0; i < 10; i++) {
    const byte = data[at + i] ?? 0;
    const bits = byte & 0x7f;
    const shift = i * 7;
    if (shift < 32) low |= bits << shift;
    if (shift >= 32) high |= bits << (shift - 32);
    else if (shift > 25) high |= bits >>> (32 - shift);
    if (byte < 0x80) break;
  }
  return (high >>> 0) * 2 ** 32 + (low >>> 0);
}

/** The value of an enumeration at an offset, of which the low 32 bits count. */
export function enumAt(data: Uint8Array, at: number): number {
  return uint64At(data, at) % 2 ** 32;
}
