import { describe, expect, it } from '@jest/globals';
import { createMatcher, type Matcher, type MatchType } from '@tandem/alerting';
import { type NotificationDecision } from '@tandem/records';
import fc from 'fast-check';

import { decodeCursor, encodeCursor } from '../../src/decisions/cursor.ts';
import { isWanted, OUTCOMES, type DecisionFilter } from '../../src/decisions/decision-filter.ts';
import { DecisionIndex } from '../../src/decisions/decision-index.ts';
import { comparePlaces, type DecisionPlace } from '../../src/decisions/index-row.ts';
import { decisionOf } from './fixtures.ts';

interface Placed extends DecisionPlace {
  readonly decision: NotificationDecision;
}

const EVERYTHING = { maxAgeMs: Infinity, maxBytes: Infinity };
const LETTERS = ['a', 'b', 'c'];
const letter = fc.constantFrom(...LETTERS);
const alertLabels = fc.dictionary(letter, letter, { minKeys: 1, maxKeys: 3 });
const alerts = fc.uniqueArray(alertLabels, { maxLength: 3, selector: (labels) => JSON.stringify(labels) });

const decision = fc
  .record({
    decidedAtMs: fc.integer({ min: 0, max: 30 }),
    outcome: fc.constantFrom(...OUTCOMES),
    instance: letter,
    receiver: letter,
    group: letter,
    alerts,
  })
  .map(({ group, alerts: labels, ...own }) =>
    decisionOf({ ...own, groupKey: `{}:{g="${group}"}`, groupLabels: { g: group } }, labels),
  );

/** Decisions as partitions have them: offsets and sequences count up. */
const placed = fc.array(fc.tuple(decision, fc.integer({ min: 0, max: 2 })), { maxLength: 60 }).map((all) => {
  const offsets = [0, 0, 0];
  return all.map(([one, partition], index): Placed => {
    const offset = offsets[partition] ?? 0;
    offsets[partition] = offset + 2;
    return { timeMs: one.decidedAtMs, partition, offset, decision: { ...one, writer: 'w', sequence: index + 1 } };
  });
});

const matcher = fc
  .tuple(fc.constantFrom<MatchType>('=', '!=', '=~', '!~'), letter, fc.constantFrom('a', 'b', 'a|c', ''))
  .map(([type, name, value]): Matcher => {
    const created = createMatcher(type, name, value);
    if (!created.ok) throw new Error(created.error);
    return created.value;
  });
const matchers = fc.array(matcher, { maxLength: 2 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const filter = fc.record({
  receiver: maybe(letter.map((wanted) => (name: string) => name === wanted)),
  group: maybe(
    fc.oneof(
      letter.map((group) => ({ key: `{}:{g="${group}"}` })),
      matchers.map((all) => ({ matchers: all.map((one) => ({ ...one, name: 'g' })) })),
    ),
  ),
  alert: maybe(matchers),
  instances: maybe(fc.uniqueArray(letter).map((names) => new Set(names))),
  outcomes: maybe(fc.uniqueArray(fc.constantFrom<string>(...OUTCOMES)).map((names) => new Set(names))),
  sinceMs: maybe(fc.integer({ min: 0, max: 30 })),
  untilMs: maybe(fc.integer({ min: 0, max: 30 })),
});

const place = ({ timeMs, partition, offset }: DecisionPlace): DecisionPlace => ({ timeMs, partition, offset });

/** The plain way: everything is looked at. */
function plainly(all: readonly Placed[], wanted: DecisionFilter): readonly DecisionPlace[] {
  return all
    .filter((one) => isWanted(wanted, one.decision))
    .toSorted(comparePlaces)
    .toReversed()
    .map(place);
}

const add = (index: DecisionIndex, { decision: one, partition, offset }: Placed): void =>
  index.add(one, () => one, { partition, offset });

/** Everything, page by page, each cursor as clients have it. */
function pages(index: DecisionIndex, wanted: DecisionFilter, limit: number): readonly DecisionPlace[] {
  const found: DecisionPlace[] = [];
  for (let after: DecisionPlace | undefined; ; after = decodeCursor(encodeCursor(found.at(-1) ?? fail()))) {
    const { places, more } = index.search(wanted, limit, after);
    expect(places.length).toBeLessThanOrEqual(limit);
    found.push(...places.map(place));
    if (!more) return found;
  }
}

function fail(): never {
  throw new Error('more is behind nothing');
}

describe('the index of decisions', () => {
  it('D7: says what a plain filter over all decisions says, whenever it is asked', () => {
    fc.assert(
      fc.property(
        placed,
        fc.array(fc.tuple(filter, fc.integer({ min: 1, max: 5 })), { maxLength: 4 }),
        (all, asked) => {
          const index = new DecisionIndex(EVERYTHING);
          const step = Math.ceil(all.length / (asked.length + 1));
          for (const [turn, [wanted, limit]] of asked.entries()) {
            for (const one of all.slice(turn * step, (turn + 1) * step)) add(index, one);
            expect(pages(index, wanted, limit)).toEqual(plainly(all.slice(0, (turn + 1) * step), wanted));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('D7: is the same in whatever order partitions are read', () => {
    fc.assert(
      fc.property(placed, filter, (all, wanted) => {
        const one = new DecisionIndex(EVERYTHING);
        const other = new DecisionIndex(EVERYTHING);
        for (const each of all) add(one, each);
        for (const each of all.toSorted((a, b) => b.partition - a.partition || a.offset - b.offset)) add(other, each);
        expect(pages(other, wanted, 7)).toEqual(pages(one, wanted, 7));
        expect(other.bytes).toBe(one.bytes);
      }),
    );
  });

  it('D6: has a decision that was appended twice once', () => {
    fc.assert(
      fc.property(placed, fc.integer({ min: 0, max: 59 }), fc.integer({ min: 1, max: 20 }), (all, from, count) => {
        const index = new DecisionIndex(EVERYTHING);
        const again = all.slice(from, from + count);
        const offsets = { offset: 1000 };
        for (const one of all.slice(0, from + count)) add(index, one);
        for (const one of again) add(index, { ...one, offset: offsets.offset++ });
        for (const one of all.slice(from + count)) add(index, { ...one, offset: offsets.offset++ });
        expect(index.size).toBe(all.length);
      }),
    );
  });

  it('D7: forgets the oldest where there is no room, and what they had in memory', () => {
    fc.assert(
      fc.property(placed, fc.integer({ min: 0, max: 8000 }), filter, (all, maxBytes, wanted) => {
        const index = new DecisionIndex({ maxAgeMs: Infinity, maxBytes });
        for (const one of all) add(index, one);
        const found = pages(index, {}, 10);
        expect(index.bytes).toBeLessThanOrEqual(maxBytes);
        const newest = plainly(all, {}).slice(0, index.size);
        expect(found).toEqual(newest);
        const kept = all.filter((one) => newest.some((other) => comparePlaces(one, other) === 0));
        expect(pages(index, wanted, 3)).toEqual(plainly(kept, wanted));
      }),
    );
  });

  it('D7: forgets what is too old, and is empty then', () => {
    fc.assert(
      fc.property(placed, fc.integer({ min: 0, max: 70 }), (all, nowMs) => {
        const index = new DecisionIndex({ maxAgeMs: 20, maxBytes: Infinity });
        for (const one of all) add(index, one);
        index.forget(nowMs);
        expect(pages(index, {}, 10)).toEqual(plainly(all, { sinceMs: nowMs - 20 }));
        index.forget(1000);
        expect([index.size, index.bytes]).toEqual([0, 0]);
      }),
    );
  });

  it('D8: goes on behind the last decision that was given, whatever came since', () => {
    fc.assert(
      fc.property(placed, fc.integer({ min: 1, max: 59 }), fc.integer({ min: 1, max: 10 }), (all, count, limit) => {
        const index = new DecisionIndex(EVERYTHING);
        for (const one of all.slice(0, count)) add(index, one);
        const first = index.search({}, limit);
        for (const one of all.slice(count)) add(index, one);
        const last = first.places.at(-1);
        fc.pre(last !== undefined);
        const rest = index.search({}, 100, last).places.map(place);
        expect(rest).toEqual(plainly(all, {}).filter((one) => comparePlaces(one, last) < 0));
      }),
    );
  });
});
