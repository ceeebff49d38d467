import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  buildRoutes,
  firstTickMs,
  flushTimeoutMs,
  GroupTable,
  sortAlerts,
  tickAfter,
  tickBefore,
  type GroupBeat,
} from '../src/index.ts';
import { alert, matcher, routeSpec } from './fixtures.ts';

const beat = (own: Partial<GroupBeat> = {}): GroupBeat => ({
  openedAtMs: 100_000,
  firstStartsAtMs: 100_000,
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  ...own,
});

describe('ticks of a group (G2)', () => {
  it.each([
    [{}, 130_000],
    [{ firstStartsAtMs: 70_000 }, 130_000],
    [{ firstStartsAtMs: 69_999 }, 100_000],
    [{ firstStartsAtMs: 200_000 }, 130_000],
    [{ groupWaitMs: 0 }, 100_000],
  ])('of %j begin at %d', (own, first) => {
    expect(firstTickMs(beat(own))).toBe(first);
  });

  it.each([
    [0, undefined, 130_000],
    [129_999, undefined, 130_000],
    [130_000, 130_000, 430_000],
    [429_999, 130_000, 430_000],
    [430_000, 430_000, 730_000],
  ])('at %d: the last was at %s, the next is at %d', (timeMs, before, after) => {
    expect(tickBefore(beat(), timeMs)).toBe(before);
    expect(tickAfter(beat(), timeMs)).toBe(after);
  });

  it('are an interval apart wherever one looks', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.integer({ min: 1, max: 600_000 }), (timeMs, groupIntervalMs) => {
        const own = beat({ groupIntervalMs });
        const next = tickAfter(own, timeMs);
        expect(next).toBeGreaterThan(timeMs);
        expect(tickBefore(own, next)).toBe(next);
        expect(tickAfter(own, next)).toBe(next + groupIntervalMs);
      }),
    );
  });

  it('give a flush until the next one, ten seconds at least, and the wait', () => {
    expect(flushTimeoutMs(300_000, 5000)).toBe(305_000);
    expect(flushTimeoutMs(1000, 0)).toBe(10_000);
  });
});

describe('the table of groups', () => {
  const root = buildRoutes(
    routeSpec({
      receiver: 'all',
      groupBy: ['alertname'],
      routes: [
        routeSpec({ matchers: [matcher('=', 'team', 'a')], receiver: 'a', continue: true }),
        routeSpec({ matchers: [matcher('=~', 'team', 'a|b')], receiver: 'ab', groupBy: [] }),
      ],
    }),
  );

  it('has an alert in a group of each of its routes (G1)', () => {
    const table = new GroupTable(root);
    const opened = table.put(alert({ alertname: 'X', team: 'a' }), 5);
    expect(opened.map(({ group, route }) => [group.key, route.options.receiver])).toEqual([
      ['{}/{team="a"}:{alertname="X"}', 'a'],
      ['{}/{team=~"a|b"}:{}', 'ab'],
    ]);
    expect(table.put(alert({ alertname: 'X', team: 'a', n: '2' }), 6)).toEqual([]);
    expect(table.put(alert({ alertname: 'Y', team: 'b' }), 7)).toEqual([]);
    expect(table.put(alert({ alertname: 'Y' }), 8).map(({ group }) => group.key)).toEqual(['{}:{alertname="Y"}']);
    expect(table.size).toBe(3);
  });

  it('opens no group for an alert that is resolved already', () => {
    const table = new GroupTable(root);
    expect(table.put(alert({ alertname: 'X' }, { endsAtMs: 5 }), 5)).toEqual([]);
  });

  it('lets resolved alerts go when they were told of, unless they came again, and ends with the last (G4)', () => {
    const table = new GroupTable(root);
    const over = alert({ alertname: 'X', n: '1' }, { endsAtMs: 10 });
    const firing = alert({ alertname: 'X', n: '2' });
    const [group] = table.put(over, 5);
    const id = group?.id ?? '';
    table.put(firing, 5);
    const flushed = table.alertsAt(id, 20);
    expect(flushed.map(({ resolved }) => resolved)).toEqual([true, false]);

    table.put({ ...over, endsAtMs: 900, updatedAtMs: 15 }, 15);
    expect(table.flushed(id, flushed)).toBe(false);
    expect(table.get(id)?.alerts.size).toBe(2);

    expect(table.flushed(id, table.alertsAt(id, 900))).toBe(false);
    expect(table.holds(over)).toBe(false);
    expect(table.holds(firing)).toBe(true);
    expect(table.flushed(id, table.alertsAt(id, firing.endsAtMs))).toBe(true);
    expect(table.size).toBe(0);
    expect(table.alertsAt(id, 0)).toEqual([]);
  });

  it('ticks from when the log says that a group was opened (G3)', () => {
    const table = new GroupTable(root);
    const [group] = table.put(alert({ alertname: 'X' }), 70_000);
    table.openedAt(group?.id ?? '', 60_500, 60_000);
    const own = table.get(group?.id ?? '')?.beat;
    expect(own && firstTickMs(own)).toBe(90_500);
  });
});

describe('alerts of a notification', () => {
  it('are in order of job, instance, and all labels, those without coming last (G5)', () => {
    const order = [
      { job: 'a', instance: '1' },
      { job: 'a', instance: '2' },
      { job: 'a', x: '1' },
      { job: 'b' },
      { instance: '0' },
      { b: '0' },
      { a: '1' },
      { a: '1', b: '1' },
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(order, { minLength: order.length }), (shuffled) => {
        const sorted = sortAlerts(shuffled.map((pairs) => alert(pairs)));
        expect(sorted.map(({ labels }) => Object.fromEntries(labels))).toEqual(order);
      }),
    );
  });
});
