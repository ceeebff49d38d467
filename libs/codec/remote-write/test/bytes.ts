/** Protobuf by hand, for what no encoder writes. */
export const varint = (value: number | bigint): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
};

/** A length-delimited field. */
export const message = (number: number, ...parts: readonly (readonly number[])[]): number[] => {
  const body = parts.flat();
  return [...varint((number << 3) | 2), ...varint(body.length), ...body];
};

/** A text field. */
export const text = (number: number, value: string): number[] => message(number, [...Buffer.from(value)]);

/** A varint field. */
export const integer = (number: number, value: number | bigint): number[] => [...varint(number << 3), ...varint(value)];

/** A field of eight bytes, given as hexadecimal digits, big end first. */
export const fixed64 = (number: number, hex: string): number[] => [
  ...varint((number << 3) | 1),
  ...Buffer.from(hex, 'hex').reverse(),
];

export const request = (...parts: readonly (readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat());
