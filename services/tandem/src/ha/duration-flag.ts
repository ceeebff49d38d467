import { parseDuration } from '@tandem/config';
import { EXIT_CODES } from '@tandem/lifecycle';

import { CommandExit } from '../config/command-exit.ts';

/**
 * A flag's duration in ms; `undefined` where the flag was not given.
 *
 * @throws {CommandExit} 2 where it is no duration
 */
export function durationFlag(flag: string, text: string | undefined, example: string): number | undefined {
  if (text === undefined) return undefined;
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return durationMs;
  throw new CommandExit(EXIT_CODES.usage, `${flag}: expected a duration such as ${example}, got "${text}"`);
}
