import { existsSync } from 'node:fs';

import { formatProblem, parseConfig, type ConfigSources } from '@tandem/config';
import { EXIT_CODES } from '@tandem/lifecycle';

import { CommandExit } from './command-exit.ts';
import { DEFAULT_CONFIG_FILE } from './default-file.ts';
import { unreadableFiles } from './files.ts';
import { tandemSchema, type TandemConfig } from './schema.ts';

/** A configuration and what is noteworthy about it. */
export interface LoadedConfig {
  readonly config: TandemConfig;
  /** The file that was read, if any. */
  readonly file: string | undefined;
  /** One line each. */
  readonly warnings: readonly string[];
}

/**
 * The configuration from flags, environment and file.
 *
 * @param argv the flags, without program and command
 * @throws {CommandExit} 2, with a line for everything that is wrong
 */
export function loadConfig(argv: readonly string[], file?: string): LoadedConfig {
  const named = file ?? (existsSync(DEFAULT_CONFIG_FILE) ? DEFAULT_CONFIG_FILE : undefined);
  return compiled({ argv, env: process.env, ...(named === undefined ? {} : { file: named }) });
}

/** A configuration given as text, without flags and environment. */
export function configFromText(text: string): TandemConfig {
  return compiled({ argv: [], env: {}, text }).config;
}

function compiled(sources: ConfigSources): LoadedConfig {
  const outcome = parseConfig(tandemSchema, sources);
  const problems = outcome.ok ? unreadableFiles(outcome.config) : outcome.problems;
  if (!outcome.ok || problems.length > 0) {
    throw new CommandExit(EXIT_CODES.usage, problems.map(formatProblem).join('\n'));
  }
  return { config: outcome.config, file: outcome.file, warnings: outcome.warnings.map(formatProblem) };
}
