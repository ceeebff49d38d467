import { failure, success, type Outcome } from '../outcome.ts';
import { type InclusiveRange, type TimeRange } from './time-interval.ts';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

const CLOCK = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** `start_time` and `end_time`, HH:MM each, 24:00 at most. */
export function parseTimeRange(start: string, end: string): Outcome<TimeRange> {
  if (start === '' || end === '') return failure('both start and end times must be provided');
  for (const time of [start, end]) {
    if (!CLOCK.test(time)) return failure(`couldn't parse timestamp ${time}, invalid format`);
  }
  const [startMinute, endMinute] = [minuteOf(start), minuteOf(end)];
  if (startMinute >= endMinute) return failure('start time cannot be equal or greater than end time');
  return success({ startMinute, endMinute });
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** `HH:MM` of a minute of the day. */
export function formatMinute(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** `monday`, or `monday:friday`; the week begins with Sunday. */
export function parseWeekdays(text: string): Outcome<InclusiveRange> {
  const range = parseRange(text, (member) => {
    const index = WEEKDAYS.indexOf(member as (typeof WEEKDAYS)[number]);
    return index === -1 ? failure(`${member} is not a valid weekday`) : success(index);
  });
  if (range.ok && range.value.begin > range.value.end) return failure('start day cannot be before end day');
  return range;
}

/** `1:5`, `-3:-1`: days from the month's beginning, or from its end. */
export function parseDaysOfMonth(text: string): Outcome<InclusiveRange> {
  const range = parseRange(text, parseInteger);
  if (!range.ok) return range;
  const { begin, end } = range.value;
  for (const day of [begin, end]) {
    if (day === 0 || day < -31 || day > 31) return failure(`${day} is not a valid day of the month: out of range`);
  }
  if (begin < 0 && end > 0) return failure('end day must be negative if start day is negative');
  if (inShortestMonth(begin) > inShortestMonth(end)) {
    return failure(`end day ${end} is always before start day ${begin}`);
  }
  return range;
}

/** Of two days counted from different ends, a month of 28 days says most surely whether they can be in order. */
function inShortestMonth(day: number): number {
  return day < 0 ? 28 + day : day;
}

/** `january:march`, or by number. */
export function parseMonths(text: string): Outcome<InclusiveRange> {
  const range = parseRange(text, (member) => {
    const index = MONTHS.indexOf(member as (typeof MONTHS)[number]);
    if (index !== -1) return success(index + 1);
    const number = parseInteger(member);
    return number.ok ? number : failure(`${member} is not a valid month`);
  });
  if (!range.ok || range.value.begin <= range.value.end) return range;
  const { begin, end } = range.value;
  return failure(`end month ${MONTHS[end - 1] ?? ''} is before start month ${MONTHS[begin - 1] ?? ''}`);
}

/** `2026`, or `2026:2028`. */
export function parseYears(text: string): Outcome<InclusiveRange> {
  const range = parseRange(text, parseInteger);
  if (!range.ok || range.value.begin <= range.value.end) return range;
  return failure(`end year ${range.value.end} is before start year ${range.value.begin}`);
}

/** `monday:friday`, or one day. */
export function formatWeekdays({ begin, end }: InclusiveRange): string {
  const [first = '', last = ''] = [WEEKDAYS[begin], WEEKDAYS[end]];
  return begin === end ? first : `${first}:${last}`;
}

/** `1:5`, or one number. */
export function formatRange({ begin, end }: InclusiveRange): string {
  return begin === end ? String(begin) : `${begin}:${end}`;
}

function parseRange(text: string, parseMember: (member: string) => Outcome<number>): Outcome<InclusiveRange> {
  const lower = text.toLowerCase();
  const members = lower.split(':');
  if (members.length > 2) return failure(`couldn't parse range ${lower}, invalid format`);
  const [first = '', last = first] = members;
  const begin = parseMember(first);
  if (!begin.ok) return begin;
  const end = parseMember(last);
  if (!end.ok) return end;
  return success({ begin: begin.value, end: end.value });
}

/** As Go's `strconv.Atoi`: a sign, digits, and no more than 64 bits hold. */
function parseInteger(text: string): Outcome<number> {
  if (!/^[-+]?\d+$/.test(text)) return failure(`strconv.Atoi: parsing "${text}": invalid syntax`);
  const value = Number(text);
  if (!Number.isSafeInteger(value)) return failure(`strconv.Atoi: parsing "${text}": value out of range`);
  return success(value);
}
