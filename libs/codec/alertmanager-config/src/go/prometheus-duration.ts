import { failure, success, type Outcome } from '@tandem/alerting';

/** Units from the largest to the smallest, as they must follow each other, in ms. */
const UNITS: readonly (readonly [string, number])[] = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** 64 bits of nanoseconds. */
const MAX_MS = 9_223_372_036_854;

/** Reads a duration as Prometheus writes them (`1h30m`; units descending, whole numbers) into ms. */
export function parsePrometheusDuration(text: string): Outcome<number> {
  if (text === '0') return success(0);
  if (text === '') return failure('empty duration string');
  let [ms, last] = [0, -1];
  // The last piece, behind everything, is empty.
  for (const [, amount = '', unit = ''] of [...text.matchAll(/(\d*)(\D*)/gu)].slice(0, -1)) {
    const index = UNITS.findIndex(([name]) => name === unit);
    if (index <= last || amount === '') return failure(whyNot(text, amount, unit));
    last = index;
    ms += Number(amount) * unitMsAt(index);
  }
  return ms > MAX_MS ? failure('duration out of range') : success(ms);
}

function unitMsAt(index: number): number {
  return UNITS[index]?.[1] ?? 0;
}

function whyNot(text: string, amount: string, unit: string): string {
  const unknown = amount !== '' && unit !== '' && !UNITS.some(([name]) => name === unit);
  if (unknown) return `unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`;
  return `not a valid duration string: ${JSON.stringify(text)}`;
}

/** `1h30m` of ms; weeks and years only where nothing is left over. */
export function formatPrometheusDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = ms;
  let text = '';
  for (const [unit, unitMs] of UNITS) {
    if ((unit === 'y' || unit === 'w') && rest % unitMs !== 0) continue;
    const amount = Math.floor(rest / unitMs);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * unitMs;
  }
  return text;
}
