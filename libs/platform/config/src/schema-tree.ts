import { z } from 'zod';

import { KINDS, type ValueKind } from './kind.ts';

/** A schema without its wrappers: what the sources and the reference need to know of it. */
export interface SchemaNode {
  readonly schema: z.core.$ZodType;
  readonly description: string | undefined;
  /** The value when the key is left out, as one would write it, where there is one. */
  readonly fallback: unknown;
  /** Whether the key may be left out. */
  readonly optional: boolean;
  readonly shape: NodeShape;
}

/** What is inside. */
export type NodeShape =
  | { readonly type: 'section'; readonly keys: Readonly<Record<string, z.core.$ZodType>> }
  | { readonly type: 'list'; readonly item: z.core.$ZodType }
  | { readonly type: 'map'; readonly value: z.core.$ZodType }
  | { readonly type: 'value'; readonly name: string; readonly kind: ValueKind | undefined };

type Def = z.core.$ZodTypes['_zod']['def'];

/** Looks through optional, default and the like to what a schema is about. */
export function nodeOf(schema: z.core.$ZodType): SchemaNode {
  let current = schema;
  let description: string | undefined;
  let fallback: unknown;
  let optional = false;
  for (;;) {
    description ??= z.globalRegistry.get(current)?.description;
    const kind = KINDS.get(current);
    const def = current._zod.def as Def;
    if (kind !== undefined) {
      return { schema: current, description, fallback, optional, shape: { type: 'value', name: kind.name, kind } };
    }
    if (def.type === 'default' || def.type === 'prefault') {
      fallback ??= written(def.defaultValue, def);
      optional = true;
    }
    optional ||= def.type === 'optional';
    const inner = innerOf(def);
    if (inner === undefined) return { schema: current, description, fallback, optional, shape: shapeOf(def) };
    current = inner;
  }
}

/** A `default` is the compiled value: it is written back as the kind writes it. A `prefault` is as written already. */
function written(value: unknown, def: z.core.$ZodDefaultDef | z.core.$ZodPrefaultDef): unknown {
  if (def.type === 'prefault') return value;
  const { shape } = nodeOf(def.innerType);
  if (shape.type === 'value' && shape.kind !== undefined) return shape.kind.format(value);
  return value;
}

function innerOf(def: Def): z.core.$ZodType | undefined {
  if (def.type === 'pipe') return def.in;
  if (def.type === 'lazy') return def.getter();
  if (def.type === 'promise' || !('innerType' in def)) return undefined;
  return def.innerType;
}

function shapeOf(def: Def): NodeShape {
  if (def.type === 'object') return { type: 'section', keys: def.shape };
  if (def.type === 'array') return { type: 'list', item: def.element };
  if (def.type === 'record') return { type: 'map', value: def.valueType };
  return { type: 'value', name: nameOf(def), kind: undefined };
}

function nameOf(def: Def): string {
  if (def.type === 'enum') return Object.values(def.entries).join('|');
  if (def.type === 'literal') return def.values.map(String).join('|');
  if (def.type === 'number') return isInteger(def) ? 'integer' : 'number';
  return def.type === 'union' ? 'object' : def.type;
}

/** Whether a number schema is `z.int()`, or `z.number()` with its check. */
function isInteger(def: z.core.$ZodNumberDef): boolean {
  const isFormat = (candidate: object): boolean => 'check' in candidate && candidate.check === 'number_format';
  return isFormat(def) || def.checks?.some((check) => isFormat(check._zod.def)) === true;
}
