import { type TimeZone, type WallTime } from './time-zone.ts';

/** Both ends are within. */
export interface InclusiveRange {
  readonly begin: number;
  readonly end: number;
}

/** Minutes since midnight; the end is not within, 1440 is 24:00. */
export interface TimeRange {
  readonly startMinute: number;
  readonly endMinute: number;
}

/**
 * Times by wall clock: every field that is there must hold, and of a field one value must. A field that is there and empty
 * holds never.
 */
export interface TimeInterval {
  readonly times?: readonly TimeRange[] | undefined;
  /** 0 is Sunday. */
  readonly weekdays?: readonly InclusiveRange[] | undefined;
  /** From 1; negative ones count from the end of the month, -1 is its last day. */
  readonly daysOfMonth?: readonly InclusiveRange[] | undefined;
  readonly months?: readonly InclusiveRange[] | undefined;
  readonly years?: readonly InclusiveRange[] | undefined;
  /** UTC where there is none. */
  readonly location?: TimeZone | undefined;
}

/** A name that routes mute, or are active, by: any of its intervals. */
export interface NamedTimeIntervals {
  readonly name: string;
  readonly intervals: readonly TimeInterval[];
}

/** Whether a time (Unix ms) is within; `utc` is what stands for no location. */
export function containsTime(interval: TimeInterval, timeMs: number, utc: TimeZone): boolean {
  const wall = (interval.location ?? utc).wallTime(timeMs);
  return (
    holds(interval.times, (range) => wall.minute >= range.startMinute && wall.minute < range.endMinute) &&
    holds(interval.daysOfMonth, (range) => containsDay(range, wall)) &&
    holds(interval.months, (range) => within(range, wall.month)) &&
    holds(interval.weekdays, (range) => within(range, wall.weekday)) &&
    holds(interval.years, (range) => within(range, wall.year))
  );
}

function holds<Range>(ranges: readonly Range[] | undefined, contains: (range: Range) => boolean): boolean {
  return ranges === undefined || ranges.some(contains);
}

function within({ begin, end }: InclusiveRange, value: number): boolean {
  return value >= begin && value <= end;
}

/** A range that begins behind the month's end is none in this month; an end behind it is its end. */
function containsDay(range: InclusiveRange, { year, month, day }: WallTime): boolean {
  const days = daysInMonth(year, month);
  const begin = range.begin < 0 ? days + range.begin + 1 : range.begin;
  const end = range.end < 0 ? days + range.end + 1 : range.end;
  return begin <= days && day >= begin && day <= end;
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
