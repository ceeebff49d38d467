import { type z } from 'zod';

import { expectationOf } from './expectation.ts';
import { suggestion } from './nearest.ts';
import { type Origins, pathText } from './origins.ts';
import { type ConfigProblem } from './problem.ts';
import { nodeOf, type SchemaNode } from './schema-tree.ts';
import { type KeyPath } from './yaml-source.ts';

/** What is needed to say where and what. */
export interface IssueContext {
  readonly schema: z.core.$ZodType;
  /** The merged raw configuration. */
  readonly raw: unknown;
  readonly origins: Origins;
}

/** A schema's issue in the words of the configuration: where, which key, what was expected, what was given. */
export function problemsOf(issue: z.core.$ZodIssue, context: IssueContext): readonly ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...issue.path, key], context));
  }
  const where = context.origins.where(issue.path);
  const name = pathText(issue.path);
  const prefix = name === '' ? '' : `${name}: `;
  const expectation = expectationOf(issue);
  if (expectation === undefined) return [{ where, message: prefix + lowerFirst(issue.message) }];
  const given = valueAt(context.raw, issue.path);
  if (given === undefined) return [{ where, message: `${prefix}is missing: expected ${expectation}` }];
  const hint =
    issue.code === 'invalid_value' && typeof given === 'string' ? suggestion(given, issue.values.map(String)) : '';
  return [
    { where, message: `${prefix}expected ${expectation}${got(given, nodeAt(context.schema, issue.path))}${hint}` },
  ];
}

function unknownKey(path: KeyPath, { schema, origins }: IssueContext): ConfigProblem {
  const key = String(path.at(-1));
  const section = path.slice(0, -1);
  const shape = nodeAt(schema, section)?.shape;
  const known = shape?.type === 'section' ? Object.keys(shape.keys) : [];
  const inside = section.length === 0 ? '' : ` in ${pathText(section)}`;
  return { where: origins.where(path), message: `unknown key "${key}"${inside}${suggestion(key, known)}` };
}

function got(value: unknown, node: SchemaNode | undefined): string {
  if (node?.shape.type === 'value' && node.shape.kind?.secret === true) return '';
  const text = JSON.stringify(value) as string | undefined;
  return `, got ${text === undefined || text.length > 80 ? 'something else' : text}`;
}

function valueAt(raw: unknown, path: KeyPath): unknown {
  let value = raw;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[segment];
  }
  return value;
}

function nodeAt(schema: z.core.$ZodType, path: KeyPath): SchemaNode | undefined {
  let current: z.core.$ZodType | undefined = schema;
  for (const segment of path) {
    if (current === undefined) return undefined;
    current = childSchema(nodeOf(current), segment);
  }
  return current === undefined ? undefined : nodeOf(current);
}

function childSchema({ shape }: SchemaNode, segment: PropertyKey): z.core.$ZodType | undefined {
  if (shape.type === 'section') return Object.hasOwn(shape.keys, segment) ? shape.keys[String(segment)] : undefined;
  if (shape.type === 'list') return shape.item;
  return shape.type === 'map' ? shape.value : undefined;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
