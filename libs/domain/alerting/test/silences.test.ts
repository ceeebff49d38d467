import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  checkSilence,
  expireSilence,
  newerSilence,
  setSilence,
  SilenceTable,
  silences,
  silenceState,
  type Silence,
  type WantedSilence,
} from '../src/index.ts';
import { labels, matcher } from './fixtures.ts';

const sets = [[matcher('=', 'a', '1')]];
const silence = (own: Partial<Silence> = {}): Silence => ({
  id: 's1',
  matcherSets: sets,
  startsAtMs: 10_000,
  endsAtMs: 20_000,
  updatedAtMs: 5000,
  createdBy: 'somebody',
  comment: '',
  annotations: new Map(),
  ...own,
});
const wanted = (own: Partial<WantedSilence> = {}): WantedSilence => ({
  matcherSets: [[{ type: '=', name: 'a', value: '1' }]],
  startsAtMs: 10_000,
  endsAtMs: 20_000,
  createdBy: 'somebody',
  comment: '',
  annotations: new Map(),
  ...own,
});

describe('a silence that is asked for', () => {
  it.each([
    [{ matcherSets: [] }, 'at least one matcher set required'],
    [{ matcherSets: [[]] }, 'matcher set 0: at least one matcher required'],
    [
      { matcherSets: [[{ type: '=', name: 'a', value: '' }]] },
      'matcher set 0: at least one matcher must not match the empty string',
    ],
    [
      { matcherSets: [[{ type: '=~', name: 'a', value: '.*' }]] },
      'matcher set 0: at least one matcher must not match the empty string',
    ],
    [
      { matcherSets: [[{ type: '=', name: '', value: 'x' }]] },
      'invalid label matcher 0 in set 0: invalid label name ""',
    ],
    [
      { matcherSets: [[{ type: '=~', name: 'a', value: '(' }]] },
      'invalid label matcher 0 in set 0: invalid regular expression "(": error parsing regexp: missing closing ): `(`',
    ],
    [{ startsAtMs: 2, endsAtMs: 1 }, 'end time must not be before start time'],
  ] as const)('is refused for what upstream refuses it for, in its words (Z1): %#', (own, error) => {
    expect(checkSilence(wanted(own), 'default')).toEqual({ ok: false, error });
  });

  it('is taken when one of its matchers does not match the empty text', () => {
    const checked = checkSilence(
      wanted({
        matcherSets: [
          [
            { type: '!=', name: 'a', value: 'x' },
            { type: '=', name: 'b', value: '1' },
          ],
        ],
      }),
      'default',
    );
    expect(checked.ok).toBe(true);
  });

  const other = [[matcher('=', 'a', '2')]];
  it.each([
    // now, change, changed in place
    [5000, { endsAtMs: 30_000 }, true],
    [5000, { startsAtMs: 6000 }, true],
    [5000, { startsAtMs: 4000 }, false],
    [5000, { matcherSets: other }, false],
    [15_000, { endsAtMs: 30_000 }, true],
    [15_000, { startsAtMs: 10_999 }, true],
    [15_000, { startsAtMs: 11_000 }, false],
    [15_000, { endsAtMs: 15_000 }, true],
    [15_000, { endsAtMs: 14_999 }, false],
    [15_000, { matcherSets: other }, false],
    [25_000, { endsAtMs: 30_000 }, false],
  ])('at %d with %j changes the known one in place: %s (Z2)', (nowMs, change, inPlace) => {
    const known = silence();
    const { silence: result, expired } = setSilence(known, { ...known, ...change }, nowMs, 's2');
    expect(result).toMatchObject({ id: inPlace ? 's1' : 's2', updatedAtMs: nowMs });
    expect(expired).toEqual(inPlace ? undefined : expireSilence(known, nowMs));
    const earliest = inPlace ? ((change as Partial<Silence>).startsAtMs ?? known.startsAtMs) : nowMs;
    expect(result.startsAtMs).toBeGreaterThanOrEqual(earliest);
  });
});

describe('the life of a silence', () => {
  it('is pending before its start, expired after its end, active at both', () => {
    expect([9999, 10_000, 20_000, 20_001].map((nowMs) => silenceState(silence(), nowMs))).toEqual([
      'pending',
      'active',
      'active',
      'expired',
    ]);
  });

  it('ends when it is expired, and ends once', () => {
    expect(expireSilence(silence(), 15_000)).toMatchObject({
      startsAtMs: 10_000,
      endsAtMs: 15_000,
      updatedAtMs: 15_000,
    });
    expect(expireSilence(silence(), 5000)).toMatchObject({ startsAtMs: 5000, endsAtMs: 5000 });
    expect(expireSilence(silence(), 20_001)).toBeUndefined();
  });

  it('holds for alerts that fulfil all matchers of any set (Z3)', () => {
    const meant = silence({
      matcherSets: [[matcher('=', 'a', '1'), matcher('=', 'b', '2')], [matcher('=~', 'c', 'x+')]],
    });
    expect(silences(meant, labels({ a: '1' }))).toBe(false);
    expect(silences(meant, labels({ a: '1', b: '2' }))).toBe(true);
    expect(silences(meant, labels({ c: 'xx' }))).toBe(true);
  });

  it('is the version updated last, in whatever order versions are seen (Z4)', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 6 }), (times) => {
        const last = times.map((updatedAtMs) => silence({ updatedAtMs })).reduce((a, b) => newerSilence(a, b));
        expect(last.updatedAtMs).toBe(Math.max(...times));
      }),
    );
  });
});

describe('the table of silences', () => {
  it('finds what a look at each silence finds, whatever came, changed and went in between', () => {
    const step = fc.record({
      id: fc.constantFrom('s1', 's2', 's3'),
      value: fc.constantFrom('1', '2'),
      startsAtMs: fc.nat(100),
      length: fc.nat(100),
      deleted: fc.boolean(),
      asked: fc.constantFrom('1', '2'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const table = new SilenceTable();
        for (const [index, { id, value, startsAtMs, length, deleted, asked }] of steps.entries()) {
          if (deleted) table.delete(id);
          else {
            const matcherSets = [[matcher('=', 'a', value)]];
            table.put(silence({ id, matcherSets, startsAtMs, endsAtMs: startsAtMs + length, updatedAtMs: index + 1 }));
          }
          const alertLabels = labels({ a: asked });
          const expected = [...table.values()]
            .filter((known) => silences(known, alertLabels) && silenceState(known, 50) === 'active')
            .map((known) => known.id);
          expect(table.silencedBy(asked, alertLabels, 50)).toEqual(expected.toSorted());
        }
      }),
    );
  });

  it('forgets silences a retention after their end (Z5)', () => {
    const table = new SilenceTable();
    table.put(silence());
    expect(table.forgettable(20_999, 1000)).toEqual([]);
    expect(table.forgettable(21_000, 1000)).toEqual(['s1']);
  });
});
