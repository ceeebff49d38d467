import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  alertHash,
  applyNotification,
  decideNotification,
  entryExpiresAtMs,
  isUncertain,
  newerEntry,
  notificationKey,
  standingOf,
  type NotificationEntry,
  type NotificationRecord,
  type TargetState,
} from '../src/index.ts';
import { labels } from './fixtures.ts';

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;
const target = { groupKey: '{}:{a="1"}', receiver: 'team', integration: 'webhook', index: 0 };
const set = (...hashes: readonly number[]): ReadonlySet<string> => new Set(hashes.map(String));
const entry = (own: Partial<NotificationEntry> = {}): NotificationEntry => ({
  target,
  timestampMs: NOW,
  firing: set(),
  resolved: set(),
  receiverData: new Map(),
  expiresAtMs: NOW + 1,
  ...own,
});

describe('whether a target is told (N3)', () => {
  const known = (firing: readonly number[], resolved: readonly number[], ageMinutes: number): NotificationEntry =>
    entry({ firing: set(...firing), resolved: set(...resolved), timestampMs: NOW - ageMinutes * MINUTE });

  it.each([
    { firing: [2, 3, 4], reason: 'first notification' },
    { resolved: [2, 3, 4], reason: 'nothing firing' },
    { resolved: [2, 3, 4], isUncertain: true, reason: 'all alerts resolved' },
    { before: known([], [1], 9), resolved: [2], isUncertain: true, reason: 'all alerts resolved' },
    { before: known([1], [], 9), firing: [1], isUncertain: true, reason: 'unchanged' },
    { before: known([1, 2, 3], [], 9), firing: [2, 3, 4], reason: 'new alerts added' },
    { before: known([], [1], 9), firing: [2], reason: 'first notification' },
    { before: known([1, 2, 3], [], 1000), firing: [1, 2, 3], reason: 'repeat interval elapsed' },
    { before: known([1, 2, 3], [], 9), firing: [1, 2, 3], reason: 'unchanged' },
    { before: known([1, 2, 3], [], 10), firing: [1, 2, 3], reason: 'unchanged' },
    { before: known([1, 2, 3], [], 11), firing: [1, 2, 3], reason: 'repeat interval elapsed' },
    { before: known([1, 2, 3], [], 9), firing: [1, 2], reason: 'unchanged' },
    { before: known([], [1, 2, 3], 11), resolved: [3, 4, 5], reason: 'already resolved' },
    { before: known([1, 2], [3], 9), firing: [1], resolved: [2, 3], sendResolved: false, reason: 'unchanged' },
    { before: known([1, 2], [3], 9), firing: [1], resolved: [2, 3], reason: 'some alerts resolved' },
    { before: known([1, 2], [3], 9), resolved: [1, 2, 3], sendResolved: false, reason: 'all alerts resolved' },
    { before: known([1, 2], [3], 9), resolved: [1, 2, 3], reason: 'all alerts resolved' },
  ])('$reason: $firing are firing, $resolved resolved', ({ before, firing = [], resolved = [], ...rest }) => {
    const flush = { firing: set(...firing), resolved: set(...resolved), sendResolved: rest.sendResolved ?? true };
    const decision = decideNotification(before, {
      ...flush,
      isUncertain: rest.isUncertain,
      repeatIntervalMs: 10 * MINUTE,
      nowMs: NOW,
    });
    expect(decision.reason).toBe(rest.reason);
    expect(decision.send).toBe(!['nothing firing', 'unchanged', 'already resolved'].includes(rest.reason));
  });
});

describe('whether a target may have been told what no entry says (N9)', () => {
  const claim = { owner: 'a', id: '1', untilMs: NOW };

  it('is so where a claim has had no end, and what was told before was told before it', () => {
    expect(isUncertain({ claim })).toBe(true);
    expect(isUncertain({ claim, entry: entry({ timestampMs: NOW - 1 }) })).toBe(true);
  });

  it('is not so without a claim, and where something was told when the claim was over', () => {
    expect(isUncertain({})).toBe(false);
    expect(isUncertain({ entry: entry() })).toBe(false);
    expect(isUncertain({ claim, entry: entry() })).toBe(false);
  });

  it('ends with an entry of the claim, and with its release', () => {
    const told: NotificationRecord = { kind: 'entry', entry: entry({ timestampMs: NOW - 1 }), claimId: '1' };
    const released: NotificationRecord = { kind: 'release', owner: 'a' };
    for (const record of [told, released]) {
      expect(isUncertain(applyNotification({ claim }, record, NOW))).toBe(false);
    }
  });
});

/** Read from a notification log that Alertmanager 0.34 wrote. */
const HASHES: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
  [{ alertname: 'X', cluster: 'y' }, '7b5c6048e9a025fe'],
  [{ alertname: 'ü', 'grafana.x': 'z ', a: 'b' }, '8cff7d1effa48763'],
];

describe('the notification log', () => {
  const entries = fc.nat(50).map((timestampMs) =>
    // A time belongs to one sending: entries of one time are the same.
    entry({ timestampMs, firing: set(timestampMs) }),
  );

  it('merges the same whatever the order, the grouping and the repetitions (N2)', () => {
    fc.assert(
      fc.property(entries, entries, entries, (a, b, c) => {
        expect(newerEntry(a, a)).toEqual(a);
        expect(newerEntry(a, b)).toEqual(newerEntry(b, a));
        expect(newerEntry(newerEntry(a, b), c)).toEqual(newerEntry(a, newerEntry(b, c)));
      }),
    );
  });

  it('keeps the older of two entries of one time', () => {
    const [known, other] = [entry({ firing: set(1) }), entry({ firing: set(2) })];
    expect(newerEntry(known, other)).toBe(known);
  });

  it('keeps an entry for twice the repeat interval, and no longer than the retention', () => {
    expect(entryExpiresAtMs(10, 100, 1000)).toBe(210);
    expect(entryExpiresAtMs(10, 600, 1000)).toBe(1010);
  });

  it('knows a target by group, receiver, integration and place', () => {
    expect(notificationKey(target)).toBe('{}:{a="1"}:team/webhook/0');
  });

  it.each(HASHES)('hashes the labels %j as upstream’s own log has them', (pairs, hash) => {
    expect(alertHash(labels(pairs))).toBe(hash);
    expect(alertHash(new Map([...labels(pairs)].toReversed()))).toBe(hash);
  });
});

describe('claims', () => {
  const claim = (id: string, untilMs: number): NotificationRecord => ({
    kind: 'claim',
    claim: { owner: `owner of ${id}`, id, untilMs },
  });
  const after = (...records: readonly (readonly [number, NotificationRecord])[]): TargetState =>
    records.reduce<TargetState>((state, [atMs, record]) => applyNotification(state, record, atMs), {});

  it('hold from their place in the log until their end (N4)', () => {
    const state = after([10, claim('a', 100)]);
    expect(standingOf(state, 'a', 99)).toEqual({ kind: 'mine' });
    expect(standingOf(state, 'b', 99)).toEqual({ kind: 'held', owner: 'owner of a', untilMs: 100 });
    expect(standingOf(state, undefined, 99).kind).toBe('held');
    expect(standingOf(state, 'a', 100)).toEqual({ kind: 'free' });
  });

  it('are none while another holds, and hold once that one is over', () => {
    expect(standingOf(after([10, claim('a', 100)], [11, claim('b', 200)]), 'b', 50).kind).toBe('held');
    expect(standingOf(after([10, claim('a', 100)], [100, claim('b', 200)]), 'b', 150)).toEqual({ kind: 'mine' });
  });

  it('can be renewed by their owner', () => {
    const state = after([10, claim('a', 100)], [50, claim('a', 200)], [150, claim('b', 300)]);
    expect(standingOf(state, 'a', 199)).toEqual({ kind: 'mine' });
  });

  it('end with their own entry or their owner’s release, and with no other', () => {
    const sent: NotificationRecord = { kind: 'entry', entry: entry(), claimId: 'a' };
    const release: NotificationRecord = { kind: 'release', owner: 'owner of a' };
    expect(standingOf(after([10, claim('a', 100)], [20, sent]), 'b', 30).kind).toBe('free');
    expect(standingOf(after([10, claim('a', 100)], [20, release]), 'b', 30).kind).toBe('free');
    expect(standingOf(after([10, claim('a', 100)], [20, { ...sent, claimId: 'b' }]), 'b', 30).kind).toBe('held');
    const other: NotificationRecord = { kind: 'release', owner: 'owner of b' };
    expect(standingOf(after([10, claim('a', 100)], [20, other]), 'b', 30).kind).toBe('held');
  });

  it('are held by one at most, by whatever every instance reads (N5)', () => {
    const step = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      gap: fc.nat(20),
      length: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let [state, nowMs]: [TargetState, number] = [{}, 0];
        for (const { id, gap, length } of steps) {
          nowMs += gap;
          const before = ['a', 'b', 'c'].find((other) => standingOf(state, other, nowMs).kind === 'mine');
          state = applyNotification(state, claim(id, nowMs + length), nowMs);
          const holders = ['a', 'b', 'c'].filter((other) => standingOf(state, other, nowMs).kind === 'mine');
          expect(holders).toEqual([before ?? id]);
        }
      }),
    );
  });
});
