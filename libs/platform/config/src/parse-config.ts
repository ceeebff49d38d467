import { readFileSync } from 'node:fs';

import { describeError } from '@tandem/errors';
import { type z } from 'zod';

import { settableKeys } from './config-key.ts';
import { type ConfigOf, type ConfigOutcome, type ConfigSources } from './config-types.ts';
import { ENV_CONFIG_FILE, readEnv } from './env-source.ts';
import { type Flags, readFlags } from './flag-source.ts';
import { deepFreeze } from './freeze.ts';
import { problemsOf } from './issue-problem.ts';
import { Origins } from './origins.ts';
import { type ConfigProblem } from './problem.ts';
import { assign, isRawMap, type RawMap, shaped } from './raw-tree.ts';
import { readSecretFiles } from './secret-files.ts';
import { YamlSource } from './yaml-source.ts';

/**
 * Reads the configuration of a schema (made with `section`) from flags, environment and file, and compiles it: defaults
 * filled in, units resolved, secrets wrapped, frozen. Everything that is wrong is reported at once, each with its place.
 */
export function parseConfig<Schema extends z.ZodType>(
  schema: Schema,
  sources: ConfigSources,
): ConfigOutcome<ConfigOf<Schema>> {
  const keys = settableKeys(schema);
  const flags = readFlags(keys, sources.argv);
  const env = readEnv(keys, sources.env);
  const problems: ConfigProblem[] = [...flags.problems];
  const file = readSource(sources, flags, problems);
  const raw = rawFrom(file, schema, problems);
  const origins = new Origins(file);
  for (const [rank, { assignments }] of [[1, env] as const, [2, flags] as const]) {
    for (const assignment of assignments) {
      assign(raw, assignment, schema);
      origins.note(assignment, rank);
    }
  }
  readSecretFiles(raw, schema, { origins, problems, readFile: sources.readFile ?? readText });
  const result = schema.safeParse(raw);
  if (!result.success) {
    problems.push(...result.error.issues.flatMap((issue) => problemsOf(issue, { schema, raw, origins })));
  }
  if (!result.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, config: deepFreeze(result.data), file: file?.file, warnings: env.problems };
}

function readSource(sources: ConfigSources, flags: Flags, problems: ConfigProblem[]): YamlSource | undefined {
  const fromEnv = sources.env[ENV_CONFIG_FILE];
  const named = flags.file ?? (fromEnv === '' ? undefined : fromEnv);
  const path = sources.text === undefined ? (named ?? sources.file) : (sources.file ?? 'configuration');
  if (path === undefined) return undefined;
  try {
    return new YamlSource(path, sources.text ?? (sources.readFile ?? readText)(path), sources.env);
  } catch (error) {
    problems.push({ where: path, message: `cannot read the configuration: ${describeError(error)}` });
    return undefined;
  }
}

/** The file's content in the shape of the schema; nothing of it when it is no YAML or no sections. */
function rawFrom(file: YamlSource | undefined, schema: z.core.$ZodType, problems: ConfigProblem[]): RawMap {
  if (file === undefined) return {};
  const content = file.value() ?? {};
  problems.push(...file.problems);
  if (!isRawMap(content)) {
    problems.push({ where: file.file, message: 'expected sections of keys at the top' });
    return {};
  }
  const raw = shaped(content, schema);
  return isRawMap(raw) ? raw : {};
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
