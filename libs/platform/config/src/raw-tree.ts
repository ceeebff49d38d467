import { type z } from 'zod';

import { type Assignment } from './assignment.ts';
import { nodeOf, type NodeShape } from './schema-tree.ts';

/** A map of the raw configuration. */
export type RawMap = Record<string, unknown>;

/** Whether a value is a map. */
export function isRawMap(value: unknown): value is RawMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A value of the file as its schema wants it: a key without a value counts as left out, and text where a number, a
 * boolean or a list is wanted is read as one, as it is from flags and the environment (and `${NAME}` gives text).
 */
export function shaped(value: unknown, schema: z.core.$ZodType): unknown {
  if (typeof value === 'string') return fromText(value, schema);
  const { shape } = nodeOf(schema);
  if (Array.isArray(value)) return shape.type === 'list' ? value.map((item) => shaped(item, shape.item)) : value;
  if (!isRawMap(value)) return value ?? undefined;
  return shape.type === 'section' || shape.type === 'map' ? mapOf(value, (key) => keySchema(shape, key)) : value;
}

/** Text as the schema wants it: lists are separated by commas. What cannot be read stays text, for the schema to refuse. */
export function fromText(text: string, schema: z.core.$ZodType): unknown {
  const { shape } = nodeOf(schema);
  if (shape.type === 'list') {
    const items = text.split(',').map((item) => item.trim());
    return items.filter((item) => item !== '').map((item) => fromText(item, shape.item));
  }
  if (shape.type !== 'value' || shape.kind !== undefined) return text;
  if (shape.name === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const isNumber = shape.name === 'integer' || shape.name === 'number';
  return isNumber && /^-?\d+(?:\.\d+)?$/u.test(text) ? Number(text) : text;
}

/**
 * Puts the value of a flag or variable at its place, making the sections above. Where the file has something else than
 * a section on the way, that stays: it is refused anyway, and would be hidden.
 */
export function assign(root: RawMap, assignment: Assignment, schema: z.core.$ZodType): void {
  let map = root;
  let current = schema;
  for (const [index, key] of assignment.path.entries()) {
    const { shape } = nodeOf(current);
    const child = shape.type === 'section' ? shape.keys[key] : undefined;
    if (child === undefined) return;
    current = child;
    if (index === assignment.path.length - 1) {
      map[key] = fromText(assignment.text, current);
      return;
    }
    const below = (map[key] ??= {});
    if (!isRawMap(below)) return;
    map = below;
  }
}

/** A value inside another, with its schema. */
export interface RawChild {
  readonly segment: PropertyKey;
  readonly value: unknown;
  readonly schema: z.core.$ZodType;
}

/** What is inside a value, as far as the schema knows it. */
export function* childrenOf(value: unknown, schema: z.core.$ZodType): Generator<RawChild> {
  const { shape } = nodeOf(schema);
  if (Array.isArray(value)) {
    if (shape.type !== 'list') return;
    for (const [segment, item] of value.entries()) yield { segment, value: item, schema: shape.item };
  } else if (isRawMap(value)) {
    for (const [segment, item] of Object.entries(value)) {
      const child = keySchema(shape, segment);
      if (child !== undefined) yield { segment, value: item, schema: child };
    }
  }
}

/** The schema of a key's value, where the schema knows the key. */
function keySchema(shape: NodeShape, key: string): z.core.$ZodType | undefined {
  if (shape.type === 'map') return shape.value;
  return shape.type === 'section' && Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
}

function mapOf(value: RawMap, schemaOf: (key: string) => z.core.$ZodType | undefined): RawMap {
  const map: RawMap = {};
  for (const [key, item] of Object.entries(value)) {
    const schema = schemaOf(key);
    const raw = schema === undefined ? item : shaped(item, schema);
    // Defined rather than assigned: a key may be called "__proto__".
    const left = schema !== undefined && raw === undefined;
    if (!left) Object.defineProperty(map, key, { value: raw, enumerable: true, writable: true, configurable: true });
  }
  return map;
}
