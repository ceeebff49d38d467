import { stringify } from 'yaml';
import { type z } from 'zod';

import { Secret } from './secret.ts';
import { nodeOf } from './schema-tree.ts';

/** The effective configuration as a YAML file, durations and sizes as one writes them, secrets masked. */
export function printConfig(schema: z.core.$ZodType, config: unknown): string {
  return stringify(uncompiled(config, schema), { lineWidth: 0 });
}

function uncompiled(value: unknown, schema: z.core.$ZodType): unknown {
  const { shape } = nodeOf(schema);
  if (value === undefined) return undefined;
  if (value instanceof Secret) return String(value);
  if (shape.type === 'value') return shape.kind === undefined ? value : shape.kind.format(value);
  if (Array.isArray(value)) return shape.type === 'list' ? value.map((item) => uncompiled(item, shape.item)) : value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    const child = shape.type === 'map' ? shape.value : shape.type === 'section' ? shape.keys[key] : undefined;
    return item === undefined ? [] : [[key, child === undefined ? item : uncompiled(item, child)]];
  });
  return Object.fromEntries(entries);
}
