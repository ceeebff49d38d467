import { failure, success, type Outcome } from '@tandem/alerting';

const NANOSECONDS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 6e10],
  ['h', 3.6e12],
]);

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/uy;
const MAX_NANOSECONDS = 2 ** 63;

/** Reads a duration as Go writes them (`1h30m`, `1.5s`, `-2ms`; any order of units) into nanoseconds. */
export function parseGoDuration(text: string): Outcome<number> {
  const unsigned = text.replace(/^[-+]/u, '');
  if (unsigned === '0') return success(0);
  let nanoseconds = 0;
  PART.lastIndex = 0;
  let end = 0;
  for (let match = PART.exec(unsigned); match !== null; match = PART.exec(unsigned)) {
    nanoseconds += Number(match[1]) * (NANOSECONDS.get(match[2] ?? '') ?? 0);
    end = PART.lastIndex;
  }
  if (end === 0 || end < unsigned.length) return failure(whyNot(text, unsigned.slice(end)));
  if (nanoseconds >= MAX_NANOSECONDS) return failure(`time: invalid duration "${text}"`);
  const whole = Math.trunc(nanoseconds);
  return success(text.startsWith('-') ? -whole : whole);
}

function whyNot(text: string, rest: string): string {
  const unit = /^[\d.]+([^\d.]*)/u.exec(rest);
  if (unit === null || !/\d/u.test(rest)) return `time: invalid duration "${text}"`;
  if (unit[1] === '' || unit[1] === undefined) return `time: missing unit in duration "${text}"`;
  return `time: unknown unit "${unit[1]}" in duration "${text}"`;
}

/** `1h30m0s`, `1.5s`, `100ms` of nanoseconds. */
export function formatGoDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s';
  const sign = nanoseconds < 0 ? '-' : '';
  const size = Math.abs(nanoseconds);
  if (size < 1e3) return `${sign}${size}ns`;
  if (size < 1e6) return `${sign}${decimal(size, 1e3, 3)}µs`;
  if (size < 1e9) return `${sign}${decimal(size, 1e6, 6)}ms`;
  const hours = Math.floor(size / 3.6e12);
  const minutes = Math.floor((size % 3.6e12) / 6e10);
  const seconds = `${decimal(size % 6e10, 1e9, 9)}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

function decimal(size: number, unit: number, places: number): string {
  const fraction = String(size % unit)
    .padStart(places, '0')
    .replace(/0+$/u, '');
  const whole = Math.floor(size / unit);
  return fraction === '' ? String(whole) : `${whole}.${fraction}`;
}
