import { type z } from 'zod';

import { nodeOf, type SchemaNode } from './schema-tree.ts';

/** What the names of environment variables begin with. */
export const ENV_PREFIX = 'TANDEM_';

/** A key of the configuration: a row of `--help` and of the configuration reference. */
export interface ConfigKey {
  /** `stream.kafka.brokers`; `forward.targets[].url` within a list of objects, `labels.*` within a map. */
  readonly path: string;
  /** `--stream.kafka.brokers`; `undefined` where the file alone can say it. */
  readonly flag: string | undefined;
  /** `TANDEM_STREAM_KAFKA_BROKERS`; `undefined` where the file alone can say it. */
  readonly env: string | undefined;
  /** `duration`, `size`, `string`, `a|b`, `list of string` … */
  readonly type: string;
  /** As one writes it; `undefined` where there is none. */
  readonly default: string | undefined;
  /** Whether it must be given. */
  readonly required: boolean;
  readonly secret: boolean;
  readonly description: string;
}

/** A key that flags and environment variables can set. */
export interface Settable {
  readonly path: readonly string[];
  readonly flag: string;
  readonly env: string;
  readonly list: boolean;
  readonly boolean: boolean;
}

/** Every key of a schema, in its order. */
export function configKeys(schema: z.core.$ZodType): readonly ConfigKey[] {
  return [...walk(nodeOf(schema), { path: '', settable: true })];
}

/**
 * The keys that flags and environment variables can set.
 *
 * @throws {TypeError} when two keys would have the same variable, as `a.b_c` and `a_b.c` would
 */
export function settableKeys(schema: z.core.$ZodType): readonly Settable[] {
  const keys = [...walkSettable(nodeOf(schema), [])];
  const byEnv = new Map<string, Settable>();
  for (const key of keys) {
    const other = byEnv.get(key.env);
    if (other !== undefined)
      throw new TypeError(`keys ${other.flag} and ${key.flag} have the same variable ${key.env}`);
    byEnv.set(key.env, key);
  }
  return keys;
}

/** `stream.kafka.topic_prefix` as a flag: `--stream.kafka.topic-prefix`. */
function flagOf(path: readonly string[]): string {
  return `--${path.join('.').replaceAll('_', '-')}`;
}

/** `stream.kafka.topic_prefix` as a variable: `TANDEM_STREAM_KAFKA_TOPIC_PREFIX`. */
function envOf(path: readonly string[]): string {
  return `${ENV_PREFIX}${path.join('_').toUpperCase()}`;
}

function* walkSettable(node: SchemaNode, path: readonly string[]): Generator<Settable> {
  const { shape } = node;
  if (shape.type === 'section') {
    for (const [key, child] of Object.entries(shape.keys)) yield* walkSettable(nodeOf(child), [...path, key]);
  } else if (isSettable(node)) {
    const boolean = shape.type === 'value' && shape.name === 'boolean';
    yield { path, flag: flagOf(path), env: envOf(path), list: shape.type === 'list', boolean };
  }
}

/** Single values and lists of them; what has keys of its own inside is for the file alone. */
function isSettable({ shape }: SchemaNode): boolean {
  if (shape.type === 'list') return nodeOf(shape.item).shape.type === 'value' && !isOpaque(nodeOf(shape.item));
  return shape.type === 'value' && shape.name !== 'object';
}

function isOpaque({ shape }: SchemaNode): boolean {
  return shape.type === 'value' && shape.name === 'object';
}

interface Place {
  readonly path: string;
  /** Whether no list or map is above. */
  readonly settable: boolean;
}

function* walk(node: SchemaNode, place: Place): Generator<ConfigKey> {
  const { shape } = node;
  if (shape.type === 'section') {
    for (const [key, child] of Object.entries(shape.keys)) {
      yield* walk(nodeOf(child), { ...place, path: place.path === '' ? key : `${place.path}.${key}` });
    }
    return;
  }
  yield rowOf(node, place);
  if (shape.type === 'list') yield* walkInside(nodeOf(shape.item), `${place.path}[]`);
  if (shape.type === 'map') yield* walkInside(nodeOf(shape.value), `${place.path}.*`);
}

function* walkInside(node: SchemaNode, path: string): Generator<ConfigKey> {
  if (node.shape.type !== 'value') yield* walk(node, { path, settable: false });
}

function rowOf(node: SchemaNode, { path, settable }: Place): ConfigKey {
  const bySources = settable && isSettable(node);
  const segments = path.split('.');
  return {
    path,
    flag: bySources ? flagOf(segments) : undefined,
    env: bySources ? envOf(segments) : undefined,
    type: typeText(node),
    default: node.fallback === undefined ? undefined : defaultText(node.fallback),
    required: !node.optional,
    secret: node.shape.type === 'value' && node.shape.kind?.secret === true,
    description: node.description ?? '',
  };
}

function typeText({ shape }: SchemaNode): string {
  if (shape.type === 'value') return shape.name;
  if (shape.type === 'section') return 'object';
  const inside = nodeOf(shape.type === 'list' ? shape.item : shape.value);
  return `${shape.type} of ${inside.shape.type === 'section' ? 'objects' : typeText(inside)}`;
}

function defaultText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(',');
  return JSON.stringify(value);
}
