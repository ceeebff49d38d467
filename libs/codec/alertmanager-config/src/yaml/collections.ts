import { compareKeys } from './compare-keys.ts';
import { type Decoding } from './decoding.ts';
import { emitLiteral, emitText } from './emitted.ts';
import { follow, isMergeKey, type MapNode } from './node.ts';
import { text, textOf } from './scalars.ts';
import { mergedMaps, type Fields, type StructOf, type StructType } from './struct.ts';
import { FAILED, type Type } from './type.ts';

/** A value that may be missing: null, or not there, is `undefined`; an empty one is something. */
export function optional<T>(type: Type<T>): Type<T | undefined> {
  return {
    name: type.name,
    zero: () => undefined,
    isZero: (value) => value === undefined,
    decode: (node, decoding, current) => type.decode(node, decoding, current ?? type.zero()),
    encode: (value) => (value === undefined ? emitLiteral(null) : type.encode(value)),
  };
}

/** As `optional`, of a structure. */
export function optionalStruct<F extends Fields>(type: StructType<F>): Type<StructOf<F> | undefined> {
  return optional<StructOf<F>>(type);
}

/** A list; where it is not given, `undefined` is told from an empty one. */
export function optionalList<T>(item: Type<T>): Type<readonly T[] | undefined> {
  return { ...optional(list(item)), isZero: (value) => value === undefined || value.length === 0 };
}

/** A list. */
export function list<T>(item: Type<T>): Type<readonly T[]> {
  const name = `a list`;
  return {
    name,
    zero: () => [],
    isZero: (value) => value.length === 0,
    decode: (node, decoding) => {
      if (node.kind !== 'list') return decoding.mismatch(node, name);
      return node.items.flatMap((one) => {
        const value = decoding.read(item, one, item.zero());
        return value === FAILED ? [] : [value];
      });
    },
    encode: (value) => ({ kind: 'list', items: value.map((one) => item.encode(one)) }),
  };
}

/** A list whose items must be there: `- ` with nothing behind it is refused. */
export function listOf<T>(item: Type<T>, missing: string): Type<readonly T[]> {
  const whole = list(optional(item));
  return {
    name: whole.name,
    zero: () => [],
    isZero: (value) => value.length === 0,
    decode: (node, decoding) => {
      const values = whole.decode(node, decoding, []);
      if (values === FAILED) return FAILED;
      const there = values.filter((value) => value !== undefined);
      return there.length === values.length ? there : decoding.fail(node.at, missing);
    },
    encode: (value) => whole.encode(value),
  };
}

/** Texts with values of one type, in the order of the file. */
export function mapOf<T>(item: Type<T>): Type<ReadonlyMap<string, T>> {
  const name = 'a map';
  return {
    name,
    zero: () => new Map(),
    isZero: (value) => value.size === 0,
    decode: (node, decoding) => {
      if (node.kind !== 'map') return decoding.mismatch(node, name);
      const values = new Map<string, T>();
      fill(values, node, item, decoding);
      return values;
    },
    encode: (value) => ({
      kind: 'map',
      entries: [...value]
        .toSorted(([a], [b]) => compareKeys(a, b))
        .map(([key, one]) => ({ key: emitText(key), value: item.encode(one) })),
    }),
  };
}

function fill<T>(values: Map<string, T>, node: MapNode, item: Type<T>, decoding: Decoding): void {
  for (const { key, value } of node.entries) {
    if (isMergeKey(key)) {
      for (const merged of mergedMaps(value, decoding)) fill(values, merged, item, decoding);
      continue;
    }
    const name = textOf(follow(key), decoding, 'a string');
    if (name === FAILED) continue;
    const one = decoding.read(item, value, item.zero());
    if (one === FAILED) continue;
    if (values.has(name)) decoding.fail(value.at, `key ${JSON.stringify(name)} already set in map`);
    else values.set(name, one);
  }
}

/** Texts with texts. */
export const textMap: Type<ReadonlyMap<string, string>> = mapOf(text);

/** A list of texts. */
export const texts: Type<readonly string[]> = list(text);
