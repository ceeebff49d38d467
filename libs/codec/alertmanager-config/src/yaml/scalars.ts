import { Buffer } from 'node:buffer';

import { type Outcome } from '@tandem/alerting';

import { type Decoding } from './decoding.ts';
import { emitLiteral, emitText } from './emitted.ts';
import { type ScalarNode, type YamlNode } from './node.ts';
import { resolveScalar, type ScalarValue } from './resolve-scalar.ts';
import { FAILED, type Failed, type Type } from './type.ts';

type Resolved = Exclude<YamlNode, { kind: 'alias' }>;

/** What a scalar means; its tag, where it has one, wins. */
export function meaningOf(node: ScalarNode): ScalarValue {
  if (node.tag === undefined) return node.plain ? resolveScalar(node.text) : { tag: '!!str' };
  if (node.tag === '!!str' || node.tag === '!!binary') return { tag: '!!str' };
  const value = resolveScalar(node.text);
  if (node.tag === '!!float' && value.tag === '!!int') return { tag: '!!float', value: Number(value.value) };
  return value.tag === node.tag ? value : { tag: '!!str' };
}

/** The text of a scalar of any kind: a number or a boolean is taken as it is written. */
export function textOf(node: Resolved, decoding: Decoding, name: string): string | Failed {
  if (node.kind !== 'scalar') return decoding.mismatch(node, name);
  if (node.tag !== '!!binary') return node.text;
  const bytes = Buffer.from(node.text.replaceAll(/\s/g, ''), 'base64');
  return bytes.toString('utf8');
}

/** A text. */
export const text: Type<string> = {
  name: 'a string',
  zero: () => '',
  isZero: (value) => value === '',
  decode: (node, decoding) => textOf(node, decoding, 'a string'),
  encode: emitText,
};

/** A boolean, in any of YAML 1.1's spellings. */
export const flag: Type<boolean> = {
  name: 'a boolean',
  zero: () => false,
  isZero: (value) => !value,
  decode: (node, decoding) => {
    const meaning = node.kind === 'scalar' ? meaningOf(node) : undefined;
    return meaning?.tag === '!!bool' ? meaning.value : decoding.mismatch(node, 'a boolean');
  },
  encode: emitLiteral,
};

function integerBetween(name: string, least: number): Type<number> {
  return {
    name,
    zero: () => 0,
    isZero: (value) => value === 0,
    decode: (node, decoding) => {
      const value = numberOf(node);
      // What a double does not hold exactly is no count or identifier anybody has.
      if (value === undefined || !(Math.trunc(value) >= least) || !Number.isSafeInteger(Math.trunc(value))) {
        return decoding.mismatch(node, name);
      }
      return Math.trunc(value);
    },
    encode: emitLiteral,
  };
}

/** A whole number; a fraction is cut off. */
export const integer: Type<number> = integerBetween('an integer', Number.MIN_SAFE_INTEGER);

/** A whole number that is not negative. */
export const count: Type<number> = integerBetween('an integer from 0', 0);

/** A number. */
export const fraction: Type<number> = {
  name: 'a number',
  zero: () => 0,
  isZero: (value) => value === 0,
  decode: (node, decoding) => numberOf(node) ?? decoding.mismatch(node, 'a number'),
  encode: (value) => ({ kind: 'scalar', text: formatFloat(value), as: 'literal' }),
};

function numberOf(node: Resolved): number | undefined {
  const meaning = node.kind === 'scalar' ? meaningOf(node) : undefined;
  if (meaning?.tag === '!!int') return Number(meaning.value);
  return meaning?.tag === '!!float' ? meaning.value : undefined;
}

/** A number as Go writes it: with an exponent from 1e+06 on, and below 1e-04. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const [digits = '0', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return plainDecimal(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function plainDecimal(value: number): string {
  const written = String(value);
  return written.includes('e') ? value.toFixed(20).replace(/0+$/, '') : written;
}

/** A text that is read as something, and written as its text. */
export interface ParsedText<T> {
  readonly name: string;
  readonly zero: T;
  readonly isZero: (value: T) => boolean;
  readonly parse: (text: string) => Outcome<T>;
  /** `null` is written as such. */
  readonly format: (value: T) => string | null;
}

/** The type of a text that is read as something. */
export function parsed<T>({ name, zero, isZero, parse, format }: ParsedText<T>): Type<T> {
  return {
    name,
    zero: () => zero,
    isZero,
    decode: (node, decoding) => {
      const written = textOf(node, decoding, name);
      if (written === FAILED) return FAILED;
      const outcome = parse(written);
      return outcome.ok ? outcome.value : decoding.fail(node.at, outcome.error);
    },
    encode: (value) => {
      const written = format(value);
      return written === null ? emitLiteral(null) : emitText(written);
    },
  };
}
