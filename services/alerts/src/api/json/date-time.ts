import { Buffer } from 'node:buffer';

import { failure, success, type Outcome } from '@tandem/alerting';

const DATE = String.raw`(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)`;
const CLOCK = String.raw`(?<hour>\d\d?):(?<minute>\d\d)`;
const SECOND = String.raw`:(?<second>\d\d)`;

/** The spellings of go-openapi's `date-time`; fractions may follow a comma, as Go reads them. */
const SPELLINGS: readonly RegExp[] = [
  new RegExp(String.raw`^${DATE}T${CLOCK}${SECOND}(?:[.,](?<fraction>\d+))?(?:Z|(?<offset>[+-]\d\d:\d\d))?$`),
  new RegExp(String.raw`^${DATE}T${CLOCK}${SECOND}[.,](?<fraction>\d{3}|\d{6})(?<offset>[+-]\d{4})$`),
  new RegExp(String.raw`^${DATE}T${CLOCK}Z?$`),
  new RegExp(String.raw`^${DATE} ${CLOCK}${SECOND}(?:[.,](?<fraction>\d+))?$`),
  new RegExp(`^${DATE}$`),
];

/** A time as go-openapi reads it, Unix ms (finer fractions are cut off). "" is the Unix epoch. The error is Go's. */
export function parseDateTime(text: string): Outcome<number> {
  if (text === '') return success(0);
  for (const spelling of SPELLINGS) {
    const parts = spelling.exec(text)?.groups;
    const timeMs = parts === undefined ? undefined : timeOf(parts);
    if (timeMs !== undefined) return success(timeMs);
  }
  return failure(`parsing time ${goQuote(text)}${problemOf(text)}`);
}

/** What a spelling has: what it does not name is not there. */
type Parts = Readonly<Partial<Record<string, string>>>;

function timeOf(parts: Parts): number | undefined {
  const { year, month, day, hour, minute, second } = numbersOf(parts);
  const offsetMs = offsetOf(parts['offset']);
  if (hour > 23 || minute > 59 || second > 59 || offsetMs === undefined) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A day that the month has not would have become one of the next month.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const fractionMs = Number((parts['fraction'] ?? '').slice(0, 3).padEnd(3, '0'));
  return date.setUTCHours(hour, minute, second, fractionMs) - offsetMs;
}

type Numbers = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>>;

function numbersOf(parts: Parts): Numbers {
  const number = (name: keyof Numbers): number => Number(parts[name] ?? 0);
  return {
    year: number('year'),
    month: number('month'),
    day: number('day'),
    hour: number('hour'),
    minute: number('minute'),
    second: number('second'),
  };
}

/** `undefined` where it is none; Go takes up to 24 hours and 60 minutes. */
function offsetOf(offset: string | undefined): number | undefined {
  if (offset === undefined) return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
  if (hours > 24 || minutes > 60) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Why the last spelling, a mere date, does not fit either: that is what Go tells of. */
function problemOf(text: string): string {
  const cannot = (rest: string, element: string): string =>
    ` as "2006-01-02": cannot parse ${goQuote(rest)} as "${element}"`;
  if (!/^\d{4}/.test(text)) return cannot(text, '2006');
  if (text[4] !== '-') return cannot(text.slice(4), '-');
  if (!/^\d\d/.test(text.slice(5))) return cannot(text.slice(5), '01');
  const month = Number(text.slice(5, 7));
  if (month < 1 || month > 12) return ': month out of range';
  if (text[7] !== '-') return cannot(text.slice(7), '-');
  if (!/^\d\d/.test(text.slice(8))) return cannot(text.slice(8), '02');
  return text.length > 10 ? `: extra text: ${goQuote(text.slice(10))}` : ': day out of range';
}

/** Package `time` quotes in its own way: whatever is not printable ASCII as its bytes. */
function goQuote(text: string): string {
  let quoted = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte);
    if (byte < 0x20 || byte > 0x7e) quoted += String.raw`\x${byte.toString(16).padStart(2, '0')}`;
    else quoted += character === '"' || character === '\\' ? `\\${character}` : character;
  }
  return `"${quoted}"`;
}
