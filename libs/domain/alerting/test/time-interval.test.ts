import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  formatMinute,
  formatRange,
  formatWeekdays,
  parseDaysOfMonth,
  parseMonths,
  parseTimeRange,
  parseWeekdays,
  parseYears,
  TimeIntervals,
  TimeZone,
  type InclusiveRange,
  type Outcome,
  type TimeInterval,
} from '../src/index.ts';

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.error);
  return outcome.value;
}

const holds = (interval: TimeInterval, time: string): boolean =>
  new TimeIntervals([{ name: 'x', intervals: [interval] }]).contains('x', Date.parse(time));

const location = (name: string): { readonly location: TimeZone | undefined } => ({ location: TimeZone.of(name) });
const days = (text: string): TimeInterval => ({ daysOfMonth: [value(parseDaysOfMonth(text))] });

describe('T1: fields hold all, and of a field one range', () => {
  const office: TimeInterval = {
    times: [value(parseTimeRange('09:00', '17:00')), value(parseTimeRange('22:00', '24:00'))],
    weekdays: [value(parseWeekdays('monday:friday'))],
    months: [value(parseMonths('november')), value(parseMonths('1:3'))],
    years: [value(parseYears('2026'))],
  };
  it.each([
    ['2026-11-20T09:00:00Z', true],
    ['2026-11-20T16:59:59Z', true],
    ['2026-11-20T17:00:00Z', false],
    ['2026-11-20T23:59:59Z', true],
    ['2026-11-21T10:00:00Z', false],
    ['2026-10-20T10:00:00Z', false],
    ['2026-02-20T10:00:00Z', true],
    ['2025-11-20T10:00:00Z', false],
  ])('%s: %s', (time, expected) => {
    expect(holds(office, time)).toBe(expected);
  });

  it('a field that is empty holds never, one that is not there always', () => {
    expect(holds({ times: [] }, '2026-11-20T09:00:00Z')).toBe(false);
    expect(holds({}, '2026-11-20T09:00:00Z')).toBe(true);
  });
});

describe('T2: days of a month', () => {
  it.each([
    ['-1', '2026-02-28T00:00:00Z', true],
    ['-1', '2028-02-28T00:00:00Z', false],
    ['-1', '2028-02-29T00:00:00Z', true],
    ['-3:-1', '2026-04-27T23:59:00Z', false],
    ['-3:-1', '2026-04-28T00:00:00Z', true],
    ['20:-5', '2026-01-27T00:00:00Z', true],
    ['20:-5', '2026-01-28T00:00:00Z', false],
    ['30:31', '2026-04-30T00:00:00Z', true],
    ['31', '2026-04-30T00:00:00Z', false],
    ['-31:-1', '2026-02-01T00:00:00Z', true],
  ])('%s at %s: %s', (range, time, expected) => {
    expect(holds(days(range), time)).toBe(expected);
  });

  it('a month in which clocks are set forward has all of its days', () => {
    expect(holds({ ...days('-1'), ...location('Europe/Berlin') }, '2026-03-31T10:00:00Z')).toBe(true);
    expect(holds({ ...days('-1'), ...location('Europe/Berlin') }, '2026-03-30T10:00:00Z')).toBe(false);
  });
});

describe('T3: wall clocks', () => {
  const morning: TimeInterval = { times: [value(parseTimeRange('02:00', '03:00'))] };
  it.each([
    ['Europe/Berlin', '2026-07-01T00:30:00Z', true],
    ['Europe/Berlin', '2026-01-01T00:30:00Z', false],
    ['Europe/Berlin', '2026-01-01T01:30:00Z', true],
    // Both of the hours that are called two o'clock.
    ['Europe/Berlin', '2026-10-25T00:30:00Z', true],
    ['Europe/Berlin', '2026-10-25T01:30:00Z', true],
    ['Asia/Kolkata', '2026-01-01T20:45:00Z', true],
    ['UTC', '2026-01-01T02:00:00Z', true],
  ])('in %s at %s: %s', (zone, time, expected) => {
    expect(holds({ ...morning, ...location(zone) }, time)).toBe(expected);
  });

  it('weekday and day are the location’s', () => {
    const sunday: TimeInterval = { weekdays: [value(parseWeekdays('sunday'))], ...location('Pacific/Auckland') };
    expect(holds(sunday, '2026-11-21T12:00:00Z')).toBe(true);
    expect(holds(sunday, '2026-11-22T12:00:00Z')).toBe(false);
  });

  it.each(['', 'UTC', 'Local', 'Europe/Berlin', 'EST5EDT'])('%j is a location', (name) => {
    expect(TimeZone.of(name)).toBeDefined();
  });

  it.each(['europe/berlin', 'Mars/Olympus', '+01:00', '../etc/passwd'])('%j is none', (name) => {
    expect(TimeZone.of(name)).toBeUndefined();
  });
});

describe('T4: ranges are written as they are read', () => {
  const round = (outcome: Outcome<InclusiveRange>, format: (range: InclusiveRange) => string): string =>
    format(value(outcome));
  it.each(['sunday', 'monday:friday'])('%s', (text) => {
    expect(round(parseWeekdays(text.toUpperCase()), formatWeekdays)).toBe(text);
  });

  it('days, months and years as numbers', () => {
    expect(round(parseDaysOfMonth('-3:-1'), formatRange)).toBe('-3:-1');
    expect(round(parseMonths('March:5'), formatRange)).toBe('3:5');
    expect(round(parseYears('2026:2026'), formatRange)).toBe('2026');
  });

  it('every minute of the day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1440 }), (minute) => {
        expect(value(parseTimeRange('00:00', formatMinute(minute))).endMinute).toBe(minute);
      }),
    );
  });
});

describe('T5: a route is muted', () => {
  const times = new TimeIntervals([
    { name: 'november', intervals: [{ months: [{ begin: 11, end: 11 }] }] },
    { name: 'nights', intervals: [{ times: [{ startMinute: 0, endMinute: 360 }] }] },
  ]);
  const at = Date.parse('2026-11-20T01:00:00Z');
  it.each([
    ['without names: never', [], [], undefined],
    ['in its mute times', ['november', 'nights'], [], { reason: 'mute-time', names: ['november', 'nights'] }],
    ['outside of all its active times', [], ['unknown'], { reason: 'not-active-time', names: ['unknown'] }],
    ['not in one of its active times', [], ['unknown', 'nights'], undefined],
    ['by active times first', ['nights'], ['unknown'], { reason: 'not-active-time', names: ['unknown'] }],
  ])('%s', (_when, muteTimeIntervals, activeTimeIntervals, muted) => {
    expect(times.mutedBy({ muteTimeIntervals, activeTimeIntervals }, at)).toEqual(muted);
  });
});
