/** What a scalar means, by the rules of YAML 1.1 as yaml.v2 reads them. */
export type ScalarValue =
  | { readonly tag: '!!null' }
  | { readonly tag: '!!bool'; readonly value: boolean }
  /** Within 64 bits, signed or not. */
  | { readonly tag: '!!int'; readonly value: bigint }
  | { readonly tag: '!!float'; readonly value: number }
  /** A date: no type takes it but text. */
  | { readonly tag: '!!timestamp' }
  | { readonly tag: '!!str' };

const WORDS: ReadonlyMap<string, ScalarValue> = new Map([
  ...words(true, ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']),
  ...words(false, ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']),
  ...['', '~', 'null', 'Null', 'NULL'].map((text): [string, ScalarValue] => [text, { tag: '!!null' }]),
  ...floats(Number.NaN, ['.nan', '.NaN', '.NAN']),
  ...floats(Number.POSITIVE_INFINITY, ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']),
  ...floats(Number.NEGATIVE_INFINITY, ['-.inf', '-.Inf', '-.INF']),
]);

function words(value: boolean, texts: readonly string[]): readonly [string, ScalarValue][] {
  return texts.map((text) => [text, { tag: '!!bool', value }]);
}

function floats(value: number, texts: readonly string[]): readonly [string, ScalarValue][] {
  return texts.map((text) => [text, { tag: '!!float', value }]);
}

const TIMESTAMP =
  /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d))|(?: \d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?))?$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
/** By Go's `ParseInt` with base 0, underscores already gone: hexadecimal, octal (`0o17`, `017`), binary, decimal. */
const INTEGER = /^([-+]?)(0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9]\d*)$/;
const MAX_UINT = 2n ** 64n - 1n;
const MIN_INT = -(2n ** 63n);

/** Reads a plain scalar without a tag. */
export function resolveScalar(text: string): ScalarValue {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (text.startsWith('.')) return floatOf(text);
  if (!/^[-+\d]/.test(text)) return { tag: '!!str' };
  if (isTimestamp(text)) return { tag: '!!timestamp' };
  const digits = text.replaceAll('_', '');
  const integer = parseInteger(digits);
  if (integer !== undefined) return { tag: '!!int', value: integer };
  return floatOf(digits);
}

/** What is too large for a double is a text. */
function floatOf(text: string): ScalarValue {
  const value = FLOAT.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? { tag: '!!float', value } : { tag: '!!str' };
}

function isTimestamp(text: string): boolean {
  if (!TIMESTAMP.test(text)) return false;
  const [year = 0, month = 0, ...rest] = text.split(/\D+/).map(Number);
  const limits = [new Date(Date.UTC(year, month, 0)).getUTCDate(), 23, 59, 59];
  const [day = 0] = rest;
  return month >= 1 && month <= 12 && day >= 1 && limits.every((limit, index) => (rest[index] ?? 0) <= limit);
}

function parseInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = ''] = match;
  const octal = /^0[oO]?([0-7]+)$/.exec(digits)?.[1];
  const size = BigInt(octal === undefined ? digits : `0o${octal}`);
  const value = sign === '-' ? -size : size;
  // A sign makes it a signed number.
  const most = sign === '' ? MAX_UINT : MAX_UINT / 2n;
  return value < MIN_INT || value > most ? undefined : value;
}
