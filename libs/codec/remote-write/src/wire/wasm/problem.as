// What can be wrong with a request; `problem-text.ts` has the texts, by these numbers.
export const FIELD_ZERO: i32 = 1;
export const LENGTH: i32 = 2;
export const WIRE_TYPE: i32 = 3;
export const RUNS_PAST: i32 = 4;
export const OVER_32_BITS: i32 = 5;
export const OVER_64_BITS: i32 = 6;
export const LONG_VARINT: i32 = 7;
export const TIMESTAMP: i32 = 8;
export const UTF8: i32 = 9;
export const SYMBOL_ZERO: i32 = 10;
export const REFERENCE: i32 = 11;
export const ODD_REFERENCES: i32 = 12;
export const ODD_EXEMPLAR: i32 = 13;
