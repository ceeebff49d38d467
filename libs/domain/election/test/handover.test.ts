import { describe, expect, test } from '@jest/globals';

import { DEFAULT_ELECTION_SETTINGS, ElectionTable, type ElectionSettings } from '../src/index.ts';
import { BEGIN_MS, elections, recordsOf, type Held, type Sender } from './senders.ts';

const A: Sender = { replica: 'a', every: 5 };
const B: Sender = { replica: 'b', every: 5, from: 2 };
const HOUR = 3600;

/** The elections among senders, the first one left out. */
function run(senders: readonly Sender[], seconds: number, settings: Partial<ElectionSettings> = {}): readonly Held[] {
  const table = new ElectionTable({ ...DEFAULT_ELECTION_SETTINGS, ...settings });
  const held = elections(table, recordsOf(senders, seconds)).slice(1);
  // Who jumps back by minutes has lost what lies between, too: lost-scrapes.test.ts.
  return held.filter(([, , why]) => why !== 'lost-scrapes');
}

/** The only election, and that it was between these times. */
function expectOne(
  held: readonly Held[],
  [replica, why]: readonly [string, string],
  from: number,
  until: number,
): void {
  expect(held.map(([, ...what]) => what)).toEqual([[replica, why]]);
  expect(held[0]?.[0]).toBeGreaterThanOrEqual(from);
  expect(held[0]?.[0]).toBeLessThanOrEqual(until);
}

/** Seconds behind from a time on, a little more with each second. */
const fallingBehind = (since: number) => (at: number) => 1 + Math.max(0, at - since) / 2;

describe('a living elected replica that does worse is succeeded', () => {
  test('E22, E24: one that falls behind, when it has been for a minute, and once', () => {
    // 60 s behind, half a minute more than is fresh by a quarter of what is stale: at 720 s.
    expectOne(run([{ ...A, lag: fallingBehind(600) }, B], HOUR), ['b', 'score lagging'], 720 + 45, 720 + 105);
  });

  test('E22: one whose clock is ahead', () => {
    expectOne(run([{ ...A, lag: () => -90 }, B], HOUR), ['b', 'score clock-ahead'], 45, 120);
  });

  test('E22: one that lost half of its targets, silently', () => {
    const samples = (at: number) => (at < 1200 ? 100 : 50);
    expectOne(run([{ ...A, samples }, B], 2 * HOUR), ['b', 'score partial'], 1200 + 360, 1200 + 600);
  });

  test('E22: one half of whose targets are down', () => {
    const up = (at: number) => [10, at < 600 ? 0 : 5] as const;
    expectOne(run([{ ...A, up }, B], HOUR), ['b', 'score targets-down'], 600 + 60, 600 + 300);
  });

  test('E22, E25: one that sends the same request again and again', () => {
    const stuck = (at: number) => 1 + Math.max(0, at - 600);
    expectOne(run([{ ...A, lag: stuck }, B], HOUR), ['b', 'score lagging'], 660 + 45, 660 + 105);
  });

  test('E23: whatever the scrape interval, up to two minutes', () => {
    for (const every of [1, 15, 30, 60, 120]) {
      const half = (at: number) => (at < 2400 ? 100 : 50);
      const held = run(
        [
          { ...A, every, samples: half },
          { ...B, every, from: every / 2 },
        ],
        2 * HOUR,
      );
      expectOne(held, ['b', 'score partial'], 2400 + 120, 2400 + 900);
    }
  });
});

test('E22: one that lost half of its targets behind a sample that was far ahead of the log', () => {
  const samples = (at: number) => (at < 1300 ? 100 : 50);
  const lag = (at: number) => (at === 1200 ? -590 : 1);
  expectOne(run([{ ...A, samples, lag }, B], 2 * HOUR), ['b', 'score partial'], 1300 + 240, 1300 + 500);
});

test('E22: what a standby has once told of its targets fades, when it tells of them no more', () => {
  const once = (at: number) => (at < 60 ? ([10, 10] as const) : ([0, 0] as const));
  const half = (at: number) => [10, at < 3600 ? 0 : 5] as const;
  const held = run(
    [
      { ...A, up: half },
      { ...B, up: once },
    ],
    2 * HOUR,
  );
  expectOne(held, ['b', 'score targets-down'], 3600 + 60, 3600 + 300);
});

describe('a living elected replica is not succeeded', () => {
  test('E25: by one that had a single sample far ahead of the log', () => {
    expect(run([A, { ...B, lag: (at) => (at === 1202 ? -590 : 1) }], 2 * HOUR)).toEqual([]);
  });

  test('E25: by one that sends everything twice, the second time with sixty requests in between', () => {
    const once = recordsOf([A, B], HOUR);
    const again = recordsOf([B], HOUR - 300).map((record) => ({
      ...record,
      timestampMs: record.timestampMs + 300_000,
    }));
    const both = [...once, ...again].sort((one, other) => one.timestampMs - other.timestampMs);
    expect(elections(new ElectionTable(DEFAULT_ELECTION_SETTINGS), both).slice(1)).toEqual([]);
  });

  const behind = [{ ...A, lag: fallingBehind(600) }, B];

  test('E24: when handovers are off', () => {
    const { handover } = DEFAULT_ELECTION_SETTINGS;
    expect(run(behind, HOUR, { handover: { ...handover, enabled: false } })).toEqual([]);
  });

  test('E24: when it is the only one', () => {
    expect(run(behind.slice(0, 1), HOUR)).toEqual([]);
  });

  test('E24: when what is better is not better by the margin', () => {
    const samples = () => 80;
    const up = () => [10, 0] as const;
    expect(run([{ ...A, samples, up }, B], 2 * HOUR)).toEqual([]);
  });

  test('E24: when the other one is no better', () => {
    expect(
      run(
        [
          { ...A, lag: () => 300 },
          { ...B, lag: () => 400 },
        ],
        HOUR,
      ),
    ).toEqual([]);
    expect(
      run(
        [
          { ...A, up: () => [10, 5] },
          { ...B, up: () => [10, 5] },
        ],
        HOUR,
      ),
    ).toEqual([]);
  });

  test('E24: when it is worse for less than a minute', () => {
    expect(run([{ ...A, lag: (at) => (at > 600 && at < 630 ? 200 : 1) }, B], HOUR)).toEqual([]);
  });

  test('E19, E24: while it is pinned', () => {
    const table = new ElectionTable(DEFAULT_ELECTION_SETTINGS);
    const records = recordsOf(behind, HOUR);
    elections(table, records.slice(0, 10));
    table.obey({ tenant: 'user', cluster: 'user/c' }, { kind: 'pin', replica: 'a' });
    expect(elections(table, records.slice(10))).toEqual([]);
  });

  test('E24: when it recovers before the cool-down of the last handover is over', () => {
    // Each of them is bad for five minutes in turn.
    const turn = (which: number) => (at: number) => (Math.floor(at / 300) % 2 === which ? 200 : 1);
    const held = run(
      [
        { ...A, lag: turn(1) },
        { ...B, lag: turn(0) },
      ],
      HOUR,
    );
    const times = held.map(([at]) => at);
    for (const [i, at] of times.slice(1).entries()) expect(at - (times[i] ?? 0)).toBeGreaterThanOrEqual(600);
    expect(held.length).toBeGreaterThan(1);
    expect(held.length).toBeLessThanOrEqual(6);
  });

  test('E24: within the cool-down of a failover by hand', () => {
    const table = new ElectionTable(DEFAULT_ELECTION_SETTINGS);
    const records = recordsOf([A, { ...B, lag: () => 300 }], HOUR);
    const name = { tenant: 'user', cluster: 'user/c' };
    elections(table, records.slice(0, 100));
    expect(table.obey(name, { kind: 'failover', replica: 'b' }).outcome).toBe('elected');
    const byHandMs = table.nowMs;
    const held = elections(table, records.slice(100));
    const sinceHand = (byHandMs - BEGIN_MS) / 1000;
    expectOne(held, ['a', 'score lagging'], sinceHand + 600, sinceHand + 660);
  });

  test('E25: when the other one sends much twice', () => {
    const records = recordsOf([A, B], 2 * HOUR);
    const twice = records.flatMap((record) => (record.replica === 'b' ? [record, record] : [record]));
    expect(elections(new ElectionTable(DEFAULT_ELECTION_SETTINGS), twice)).toHaveLength(1);
  });

  test('E21: when the other one has been dead since it did well', () => {
    expect(
      run(
        [
          { ...A, lag: fallingBehind(900) },
          { ...B, until: 600 },
        ],
        HOUR,
      ),
    ).toEqual([]);
  });
});

describe('of several standbys', () => {
  const dead: Sender = { ...A, until: 600 };
  const lagging: Sender = { ...B, lag: () => 300 };
  const well: Sender = { replica: 'c', every: 5, from: 4 };

  test('row x6, E26: the one that does well is elected when the elected one dies, whoever comes first', () => {
    expectOne(run([dead, lagging, well], HOUR), ['c', 'failover'], 625, 640);
    expectOne(run([dead, { ...lagging, from: 4 }, { ...well, from: 2 }], HOUR), ['c', 'failover'], 625, 640);
  });

  test('E26: a better one that is silent as well is not waited for', () => {
    expectOne(run([dead, lagging, { ...well, until: 600 }], HOUR), ['b', 'failover'], 625, 640);
  });

  test('E26: nobody is waited for longer than twice the failover timeout', () => {
    // The better one has nothing but metadata to send: it cannot be elected.
    const table = new ElectionTable(DEFAULT_ELECTION_SETTINGS);
    const records = recordsOf([dead, lagging, well], 900).map((record) => {
      if (record.replica !== 'c' || record.timestampMs < BEGIN_MS + 595_000) return record;
      const { tenant, cluster, replica, timestampMs } = record;
      return { tenant, cluster, replica, timestampMs };
    });
    expectOne(elections(table, records).slice(1), ['b', 'failover'], 655, 670);
  });

  test('E24, E26: the best of them succeeds a living one', () => {
    const worse: Sender = { ...B, from: 1, lag: () => 90 };
    const held = run([{ ...A, lag: () => 500 }, worse, well], 900);
    expectOne(held, ['c', 'score lagging'], 45, 120);
  });
});
