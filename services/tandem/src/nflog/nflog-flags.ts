import { type DecisionFilter, readFilter } from '@tandem/alerts';
import { parseDuration, parseTime } from '@tandem/config';
import { EXIT_CODES } from '@tandem/lifecycle';

import { CommandExit } from '../config/command-exit.ts';

/** Flags that say which decisions are wanted; as in the API. */
export interface NflogFilterFlags {
  readonly receiver?: string;
  readonly group?: string;
  readonly filter?: readonly string[];
  readonly outcome?: readonly string[];
  readonly instance?: readonly string[];
  /** A duration, or a time. */
  readonly since?: string;
  readonly until?: string;
  readonly cluster?: string;
  readonly json?: boolean;
}

/**
 * The filter of the flags.
 *
 * @param nowMs what durations are counted back from, Unix ms
 * @throws {CommandExit} 2 where a flag is wrong
 */
export function filterOf(flags: NflogFilterFlags, nowMs: number): DecisionFilter {
  const { receiver, group, filter, outcome, instance } = flags;
  const sinceMs = timeFlag('--since', flags.since, nowMs);
  const untilMs = timeFlag('--until', flags.until, nowMs);
  const read = readFilter({ receiver, group, filter, outcome, instance, sinceMs, untilMs }, 'default');
  if (!read.ok) throw new CommandExit(EXIT_CODES.usage, read.error);
  return read.value;
}

/** A whole number from 1 up. @throws {CommandExit} 2 where it is none */
export function countFlag(flag: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new CommandExit(EXIT_CODES.usage, `${flag}: expected a whole number from 1 up, got "${text}"`);
}

function timeFlag(flag: string, text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const durationMs = parseDuration(text);
  const timeMs = durationMs === undefined ? parseTime(text) : nowMs - durationMs;
  if (timeMs !== undefined) return timeMs;
  const expected = 'a duration back from now such as 24h, RFC 3339 or Unix seconds';
  throw new CommandExit(EXIT_CODES.usage, `${flag}: expected ${expected}, got "${text}"`);
}

const CLOCK_TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/u;
const DAY_MS = 86_400_000;

/**
 * A point in time: RFC 3339, Unix seconds, or a time of day in UTC such as `03:12`, which is the last one that was.
 *
 * @throws {CommandExit} 2 where it is none
 */
export function pointInTime(text: string, nowMs: number): number {
  const timeMs = CLOCK_TIME.test(text) ? lastTimeOfDay(text, nowMs) : parseTime(text);
  if (timeMs !== undefined) return timeMs;
  const expected = 'RFC 3339, Unix seconds, or a time of day in UTC such as 03:12';
  throw new CommandExit(EXIT_CODES.usage, `TIME: expected ${expected}, got "${text}"`);
}

function lastTimeOfDay(text: string, nowMs: number): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  const timeMs = nowMs - (nowMs % DAY_MS) + ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return timeMs <= nowMs ? timeMs : timeMs - DAY_MS;
}
