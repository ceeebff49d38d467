import { failure, success, type Outcome } from '@tandem/alerting';

const UNITS = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
/** 64 bits of nanoseconds. */
const MAX_MS = 9_223_372_036_854;

/** Reads a duration as Prometheus writes them (`1h30m`; units descending, whole numbers) into ms. */
export function parsePrometheusDuration(text: string): Outcome<number> {
  if (text === '0') return success(0);
  if (text === '') return failure('empty duration string');
  const match = DURATION.exec(text);
  if (match === null) return failure(`not a valid duration string: "${text}"`);
  const ms = UNITS.reduce((sum, [, unitMs], index) => sum + Number(match[index + 1] ?? 0) * unitMs, 0);
  return ms > MAX_MS ? failure('duration out of range') : success(ms);
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
