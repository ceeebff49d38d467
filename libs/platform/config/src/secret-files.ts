import { dirname, resolve } from 'node:path';

import { describeError } from '@tandem/errors';
import { type z } from 'zod';

import { SECRET_FILES } from './kind.ts';
import { type Origins, pathText } from './origins.ts';
import { type ConfigProblem } from './problem.ts';
import { childrenOf, isRawMap, type RawMap } from './raw-tree.ts';
import { nodeOf } from './schema-tree.ts';
import { type KeyPath } from './yaml-source.ts';

/** What reading secrets from files needs. */
export interface SecretFileContext {
  readonly origins: Origins;
  readonly readFile: (path: string) => string;
  readonly problems: ConfigProblem[];
}

/**
 * Reads every `<name>_file` into its `<name>`, in place. Both given by one source is a problem; given by two, the
 * stronger source wins. A path in the file is relative to the file.
 */
export function readSecretFiles(
  value: unknown,
  schema: z.core.$ZodType,
  context: SecretFileContext,
  path: KeyPath = [],
): void {
  for (const child of childrenOf(value, schema)) {
    const secret = SECRET_FILES.get(nodeOf(child.schema).schema);
    if (secret === undefined) readSecretFiles(child.value, child.schema, context, [...path, child.segment]);
    else if (isRawMap(value)) readOne(value, { key: String(child.segment), secretKey: secret.of, path }, context);
  }
}

interface SecretFile {
  readonly key: string;
  readonly secretKey: string;
  readonly path: KeyPath;
}

function readOne(map: RawMap, { key, secretKey, path }: SecretFile, context: SecretFileContext): void {
  const { origins, problems } = context;
  const file = map[key];
  const filePath = [...path, key];
  const secretPath = [...path, secretKey];
  if (typeof file !== 'string') return;
  const rank = origins.rank(filePath);
  const secretRank = map[secretKey] === undefined ? undefined : origins.rank(secretPath);
  if (secretRank !== undefined && secretRank > rank) return;
  if (secretRank === rank) {
    const message = `${pathText(filePath)}: ${secretKey} is given as well: only one of them can be`;
    problems.push({ where: origins.where(filePath), message });
    return;
  }
  const base = rank === 0 && origins.file !== undefined ? dirname(origins.file) : '.';
  try {
    map[secretKey] = context.readFile(resolve(base, file)).replace(/\r?\n$/u, '');
    origins.note({ path: secretPath.map(String), where: origins.where(filePath) }, rank);
  } catch (error) {
    const message = `${pathText(filePath)}: cannot read the file: ${describeError(error)}`;
    problems.push({ where: origins.where(filePath), message });
  }
}
