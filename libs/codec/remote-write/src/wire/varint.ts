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
