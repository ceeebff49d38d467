import {
  formatMinute,
  formatRange,
  formatWeekdays,
  parseDaysOfMonth,
  parseMonths,
  parseTimeRange,
  parseWeekdays,
  parseYears,
  type InclusiveRange,
  type Outcome,
  type TimeRange,
} from '@tandem/alerting';

import { list, optionalList } from '../yaml/collections.ts';
import { parsed, text } from '../yaml/scalars.ts';
import { always, given, inline, struct, type StructOf } from '../yaml/struct.ts';
import { FAILED, type Type } from '../yaml/type.ts';
import { location } from './values.ts';

const EMPTY_RANGE: InclusiveRange = { begin: 0, end: 0 };

function ranges(
  name: string,
  parse: (written: string) => Outcome<InclusiveRange>,
  format: (range: InclusiveRange) => string,
): Type<readonly InclusiveRange[] | undefined> {
  return optionalList(parsed({ name, zero: EMPTY_RANGE, isZero: () => false, parse, format }));
}

const clockTimes = struct({
  name: 'times',
  fields: { start_time: always(text), end_time: always(text) },
});

const timeRange: Type<TimeRange> = {
  name: 'a time range',
  zero: () => ({ startMinute: 0, endMinute: 0 }),
  isZero: () => false,
  decode: (node, decoding) => {
    const times = clockTimes.decode(node, decoding, clockTimes.zero());
    if (times === FAILED) return FAILED;
    const range = parseTimeRange(times.start_time, times.end_time);
    return range.ok ? range.value : decoding.fail(node.at, range.error);
  },
  encode: ({ startMinute, endMinute }) =>
    clockTimes.encode({ start_time: formatMinute(startMinute), end_time: formatMinute(endMinute) }),
};

const timeInterval = struct({
  name: 'time_intervals',
  fields: {
    times: given(optionalList(timeRange)),
    weekdays: inline(ranges('a range of weekdays', parseWeekdays, formatWeekdays)),
    days_of_month: inline(ranges('a range of days', parseDaysOfMonth, formatRange)),
    months: inline(ranges('a range of months', parseMonths, formatRange)),
    years: inline(ranges('a range of years', parseYears, formatRange)),
    location: inline(location),
  },
});

/** Times by wall clock. */
export type TimeIntervalConfig = StructOf<(typeof timeInterval)['fields']>;

const namedFields = { name: always(text), time_intervals: always(list<TimeIntervalConfig>(timeInterval)) };

/** Times with a name. */
export type NamedIntervalsConfig = StructOf<typeof namedFields>;

/** `time_intervals` */
export const namedIntervals = struct({
  name: 'time_intervals',
  fields: namedFields,
  finish: (value, refuse) => {
    if (value.name === '') refuse('missing name in time interval');
    return value;
  },
});

/** `mute_time_intervals`, as they were called before. */
export const muteIntervals = struct({
  name: 'mute_time_intervals',
  fields: namedFields,
  finish: (value, refuse) => {
    if (value.name === '') refuse('missing name in mute time interval');
    return value;
  },
});
