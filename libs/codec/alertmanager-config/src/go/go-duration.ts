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

/** An amount, its fraction, and a unit: whatever stands up to the next digit or point. */
const PART = /(\d*)(\.\d*)?([^\d.]*)/uy;
const MAX_NANOSECONDS = 2 ** 63;

/** Reads a duration as Go writes them (`1h30m`, `1.5s`, `-2ms`; any order of units) into nanoseconds. */
export function parseGoDuration(text: string): Outcome<number> {
  const unsigned = text.replace(/^[-+]/u, '');
  if (unsigned === '0') return success(0);
  const shown = JSON.stringify(text);
  let nanoseconds = unsigned === '' ? MAX_NANOSECONDS : 0;
  for (PART.lastIndex = 0; PART.lastIndex < unsigned.length;) {
    const part = parsePart(PART.exec(unsigned) ?? [], shown);
    if (!part.ok) return part;
    nanoseconds += part.value;
  }
  if (nanoseconds >= MAX_NANOSECONDS) return failure(`time: invalid duration ${shown}`);
  const whole = Math.trunc(nanoseconds);
  return success(text.startsWith('-') ? -whole : whole);
}

function parsePart([, whole = '', fraction = '', unit = '']: readonly string[], shown: string): Outcome<number> {
  if (whole === '' && fraction.length < 2) return failure(`time: invalid duration ${shown}`);
  if (unit === '') return failure(`time: missing unit in duration ${shown}`);
  const size = NANOSECONDS.get(unit);
  if (size === undefined) return failure(`time: unknown unit ${JSON.stringify(unit)} in duration ${shown}`);
  return success(Number(`${whole || '0'}${fraction}`) * size);
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
