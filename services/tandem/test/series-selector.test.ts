import { describe, expect, it } from '@jest/globals';
import { parseTime } from '@tandem/config';
import fc from 'fast-check';

import { formatSeries, matches, parseSelector } from '../src/ha/series-selector.ts';

function matchersOf(text: string): Record<string, string> {
  const read = parseSelector(text);
  if (!read.ok) throw new Error(read.problem);
  return Object.fromEntries(read.matchers);
}

describe('a selector', () => {
  it.each<[string, Record<string, string>]>([
    ['up', { __name__: 'up' }],
    ['job:up:sum{}', { __name__: 'job:up:sum' }],
    ['up{a="1", b=\'2\',c=`3`,}', { __name__: 'up', a: '1', b: '2', c: '3' }],
    [' { __name__ = "up" } ', { __name__: 'up' }],
    ['{"my.metric", "my label"="x"}', { __name__: 'my.metric', 'my label': 'x' }],
    ['{a="", "up"}', { __name__: 'up', a: '' }],
    [String.raw`{a="\"\\\n\x41\101A\U0001F600\xc3\xa9"}`, { a: '"\\\nAAA😀é' }],
    ["{a='\"\\''}", { a: '"\'' }],
    ['{a=`\\n`}', { a: '\\n' }],
    ['up{a="1",a="1"}', { __name__: 'up', a: '1' }],
  ])('reads %s', (text, matchers) => {
    expect(matchersOf(text)).toEqual(matchers);
  });

  it.each([
    ['', 'expected the name of a metric or "{", at column 1'],
    ['up{a=~"1"}', 'expected "=": other matchers are not read here, at column 5'],
    ['up{a!="1"}', 'other matchers are not read here, at column 5'],
    ['up{a=="1"}', 'other matchers are not read here, at column 5'],
    ['up{a}', 'other matchers are not read here, at column 5'],
    ['up{a=1}', 'expected a value in quotes, at column 6'],
    ['up{a="1"', 'expected "," or "}", at column 9'],
    ['up{a="1" b="2"}', 'expected "," or "}", at column 10'],
    ['up{,}', 'expected the name of a label or "}", at column 4'],
    ['up{a="1}', 'the text in quotes has no end, at column 6'],
    ['up{a="1\n"}', 'the text in quotes has no end, at column 6'],
    ['up{a=`1}', 'the text in quotes has no end, at column 6'],
    [String.raw`up{a="\q"}`, 'there is no such escape, at column 7'],
    [String.raw`up{a="\'"}`, 'there is no such escape, at column 7'],
    [String.raw`up{a="\ud800"}`, 'there is no such escape, at column 7'],
    [String.raw`up{a="\xff"}`, 'the text in quotes is not UTF-8, at column 6'],
    ['up{""="x"}', 'a name must not be empty, at column 4'],
    ['up{"down"}', '"__name__" is to have two values: no series has, at column 4'],
    ['up{a="1"}[5m]', 'expected the end, at column 10'],
    ['up offset 5m', 'expected the end, at column 4'],
    ['my.metric', 'expected the end, at column 3'],
  ])('refuses %j', (text, problem) => {
    expect(parseSelector(text)).toEqual({ ok: false, problem: expect.stringContaining(problem) as unknown });
  });

  it('selects the series it was written from', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const labels = fc
      .dictionary(text, text)
      .map((entries) => Object.entries(entries).map(([name, value]) => ({ name, value })));
    fc.assert(
      fc.property(text, labels, (metric, others) => {
        const series = [{ name: '__name__', value: metric }, ...others.filter(({ name }) => name !== '__name__')];
        const read = parseSelector(formatSeries(series));
        expect(read).toEqual({ ok: true, matchers: new Map(series.map(({ name, value }) => [name, value])) });
      }),
    );
  });

  it('selects series that have its labels, and not what it says a series must not have', () => {
    const series = [
      { name: '__name__', value: 'up' },
      { name: 'job', value: 'x' },
    ];
    const selects = (text: string): boolean => {
      const read = parseSelector(text);
      return read.ok && matches(read.matchers, series);
    };
    expect([selects('up'), selects('up{job="x"}'), selects('{other=""}')]).toEqual([true, true, true]);
    expect([selects('down'), selects('up{job="y"}'), selects('up{job=""}')]).toEqual([false, false, false]);
  });
});

describe('a time', () => {
  it.each<[string, number | undefined]>([
    ['2026-03-01T12:00:00Z', Date.UTC(2026, 2, 1, 12)],
    ['2026-03-01t12:00:00.5z', Date.UTC(2026, 2, 1, 12) + 500],
    ['2026-03-01 13:00:00+01:00', Date.UTC(2026, 2, 1, 12)],
    ['1772366400', 1_772_366_400_000],
    ['1772366400.25', 1_772_366_400_250],
    ['2026-02-30T12:00:00Z', undefined],
    ['2026-03-01', undefined],
    ['2026-03-01T12:00:00', undefined],
    ['yesterday', undefined],
    ['-5', undefined],
    ['', undefined],
  ])('%j is %s', (text, timeMs) => {
    expect(parseTime(text)).toBe(timeMs);
  });
});
