import { compareKeys } from './compare-keys.ts';
import { type Decoding } from './decoding.ts';
import { emitLiteral, emitText, type Emitted } from './emitted.ts';
import { follow, isMergeKey, type MapNode, type ScalarNode, type YamlNode } from './node.ts';
import { formatFloat, meaningOf } from './scalars.ts';
import { mergedMaps } from './struct.ts';
import { FAILED, type Failed, type Type } from './type.ts';

/** A value of any shape: whole numbers are bigints, others numbers; a date is its text. */
export type AnyValue = null | boolean | bigint | number | string | readonly AnyValue[] | AnyMap;

/** A mapping of any shape; keys are scalars. */
export type AnyMap = ReadonlyMap<AnyKey, AnyValue>;

/** What may be a key. */
export type AnyKey = null | boolean | bigint | number | string;

/** The type of what is free: a payload, details, custom fields, claims. */
export const anyValue: Type<AnyValue> = {
  name: 'a value',
  zero: () => null,
  isZero: (value) => value === null,
  decode: (node, decoding) => {
    if (node.kind === 'scalar') return scalarValue(node);
    if (node.kind === 'list') {
      return node.items.map((item) => decoding.read(anyValue, item, null)).filter((value) => value !== FAILED);
    }
    const values = new Map<AnyKey, AnyValue>();
    fill(values, node, decoding);
    return values;
  },
  encode: emitAny,
};

function fill(values: Map<AnyKey, AnyValue>, node: MapNode, decoding: Decoding): void {
  for (const { key, value } of node.entries) {
    if (isMergeKey(key)) {
      for (const merged of mergedMaps(value, decoding)) fill(values, merged, decoding);
      continue;
    }
    const name = keyOf(key, decoding);
    const one = decoding.read(anyValue, value, null);
    if (name === FAILED || one === FAILED) continue;
    if (values.has(name)) decoding.fail(value.at, `key ${JSON.stringify(String(name))} already set in map`);
    else values.set(name, one);
  }
}

function keyOf(key: YamlNode, decoding: Decoding): AnyKey | Failed {
  const node = follow(key);
  return node.kind === 'scalar' ? scalarValue(node) : decoding.fail(key.at, 'invalid map key');
}

function scalarValue(node: ScalarNode): AnyKey {
  const meaning = meaningOf(node);
  if (meaning.tag === '!!null') return null;
  return 'value' in meaning ? meaning.value : node.text;
}

function emitAny(value: AnyValue): Emitted {
  if (typeof value === 'string') return emitText(value);
  if (typeof value === 'number') return { kind: 'scalar', text: formatFloat(value), as: 'literal' };
  if (value === null || typeof value !== 'object') return emitLiteral(value);
  if (value instanceof Map) return emitMap(value as AnyMap);
  return { kind: 'list', items: (value as readonly AnyValue[]).map(emitAny) };
}

function emitMap(value: AnyMap): Emitted {
  const entries = [...value].toSorted(([a], [b]) => compareAnyKeys(a, b));
  return { kind: 'map', entries: entries.map(([key, one]) => ({ key: emitAny(key), value: emitAny(one) })) };
}

/** Kinds of keys in their order, where they cannot be compared as numbers; `object` is null. */
const KINDS: readonly string[] = ['boolean', 'bigint', 'number', 'object', 'string'];

/** Numbers and booleans by value, then null, then texts. */
function compareAnyKeys(a: AnyKey, b: AnyKey): number {
  if (typeof a === 'string' && typeof b === 'string') return compareKeys(a, b);
  const kinds = KINDS.indexOf(typeof a) - KINDS.indexOf(typeof b);
  if (a === null || b === null || typeof a === 'string' || typeof b === 'string') return kinds;
  return Number(a) - Number(b) || kinds;
}
