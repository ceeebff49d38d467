import { describe, expect, test } from '@jest/globals';

import { DEFAULT_ELECTION_SETTINGS, ElectionTable, type ElectionSettings, type JudgedRecord } from '../src/index.ts';
import { BEGIN_MS, elections, recordsOf, type Held, type Sender } from './senders.ts';

const HOUR = 3600;
const HANDOVER = DEFAULT_ELECTION_SETTINGS.handover;

/** A record of a replica whose clock is ahead. */
function ahead(record: JudgedRecord, byMs: number): JudgedRecord {
  const { minTimestampMs = 0, maxTimestampMs = 0 } = record;
  return { ...record, minTimestampMs: minTimestampMs + byMs, maxTimestampMs: maxTimestampMs + byMs };
}

interface Options {
  /** Senders beside `a` and `b`. */
  readonly further?: readonly Sender[];
  readonly every?: number;
  readonly settings?: Partial<ElectionSettings>;
  /** Changes the records before they are shown. */
  readonly change?: (records: readonly JudgedRecord[]) => readonly JudgedRecord[];
}

/** Senders of one cluster, the records of `a` between two times lost; the elections, the first one left out. */
function run(away: readonly [from: number, until: number], options: Options = {}): readonly Held[] {
  const { every = 15, settings = {}, change, further = [] } = options;
  const senders: readonly Sender[] = [{ replica: 'a', every }, { replica: 'b', every, from: every / 3 }, ...further];
  const records = recordsOf(senders, HOUR).filter((record) => record.replica !== 'a' || !isWithin(record, away));
  return elections(
    new ElectionTable({ ...DEFAULT_ELECTION_SETTINGS, ...settings }),
    change?.(records) ?? records,
  ).slice(1);
}

function isWithin({ timestampMs }: JudgedRecord, [from, until]: readonly [number, number]): boolean {
  return timestampMs > BEGIN_MS + from * 1000 && timestampMs < BEGIN_MS + until * 1000;
}

/** Its samples come, though late: nothing is lost. */
function delayed([from, until]: readonly [number, number]): (
  records: readonly JudgedRecord[],
) => readonly JudgedRecord[] {
  return (records) =>
    records
      .map((record) =>
        record.replica === 'a' && isWithin(record, [from, until])
          ? { ...record, timestampMs: BEGIN_MS + until * 1000 }
          : record,
      )
      .toSorted((one, other) => one.timestampMs - other.timestampMs);
}

describe('an elected replica that returns without scrapes a standby has', () => {
  test('E28: is succeeded by it at its own record, which goes no further', () => {
    // One scrape of a is lost: its records of 600 and 630 s are neighbours, less than the failover timeout apart.
    expect(run([601, 629])).toEqual([[630, 'b', 'lost-scrapes']]);
  });

  test('E28: whatever the scrape interval, and once', () => {
    const settings = { failoverTimeoutMs: 200_000 };
    for (const every of [1, 15, 60]) {
      const [from, until] = [1200 + every / 2, 1200 + 2.5 * every];
      expect(run([from, until], { every, settings })).toEqual([[1200 + 3 * every, 'b', 'lost-scrapes']]);
    }
  });

  test('E28: a replica that was succeeded so is elected again when the other one loses scrapes, a minute later', () => {
    const loses = (records: readonly JudgedRecord[]) =>
      records.filter((record) => record.replica !== 'b' || !isWithin(record, [691, 709]));
    expect(run([601, 629], { change: loses })).toEqual([
      [630, 'b', 'lost-scrapes'],
      [710, 'a', 'lost-scrapes'],
    ]);
  });

  test('E3: is not succeeded where its samples only came late', () => {
    expect(run([0, 0], { change: delayed([601, 629]) })).toEqual([]);
  });

  test('E3: is not succeeded where nobody has them, nobody else is heard, or too little was seen', () => {
    const bothLose = (records: readonly JudgedRecord[]) => records.filter((record) => !isWithin(record, [590, 629]));
    expect(run([601, 629], { change: bothLose })).toEqual([]);
    const alone = (records: readonly JudgedRecord[]) => records.filter(({ replica }) => replica === 'a');
    expect(run([601, 629], { change: alone })).toEqual([]);
    expect(run([61, 89])).toEqual([]);
  });

  test('E3: is not succeeded where handovers are off, or it is pinned', () => {
    expect(run([601, 629], { settings: { handover: { ...HANDOVER, enabled: false } } })).toEqual([]);
    const table = new ElectionTable(DEFAULT_ELECTION_SETTINGS);
    const senders: readonly Sender[] = [
      { replica: 'a', every: 15 },
      { replica: 'b', every: 15, from: 5 },
    ];
    const records = recordsOf(senders, HOUR).filter(
      (record) => record.replica !== 'a' || !isWithin(record, [601, 629]),
    );
    elections(table, records.slice(0, 2));
    table.obey({ tenant: 'user', cluster: 'user/c' }, { kind: 'pin', replica: 'a' });
    expect(elections(table, records.slice(2))).toEqual([]);
  });

  test('E28: is succeeded by the standby whose samples are closest to the log, not by one that is stamped ahead', () => {
    const further: readonly Sender[] = [{ replica: 'c', every: 15, from: 7, lag: () => -20 }];
    expect(run([601, 629], { further })).toEqual([[630, 'b', 'lost-scrapes']]);
  });

  test('E28: is not succeeded by one that does worse by the margin, though it has them', () => {
    const behind = (records: readonly JudgedRecord[]): readonly JudgedRecord[] =>
      records.map((record) => (record.replica === 'b' ? { ...record, upSamples: 10, downSamples: 4 } : record));
    expect(run([601, 629], { change: behind })).toEqual([]);
  });

  test('E28: is not succeeded by one that only seems to have them because it is stamped ahead', () => {
    // Both are away from 590 s on; b is back 3 s after a, and 20 s ahead.
    const change = (records: readonly JudgedRecord[]): readonly JudgedRecord[] =>
      records
        .filter((record) => record.replica !== 'b' || !isWithin(record, [592, 640]))
        .map((record) => (record.replica === 'b' ? ahead(record, 20_000) : record));
    expect(run([601, 629], { change })).toEqual([]);
  });

  test.each([30, 60, 120])(
    'E28: at most one election where the scrape interval is widened to %i s on both',
    (every) => {
      const settings = { ...DEFAULT_ELECTION_SETTINGS, failoverTimeoutMs: 300_000 };
      for (let second = 600; second <= 600 + 2 * every; second += 7) {
        const senders: readonly Sender[] = [
          { replica: 'a', every: 15, until: 600 },
          { replica: 'a', every, from: 600 + every / 2 },
          { replica: 'b', every: 15, from: 5, until: second },
          { replica: 'b', every, from: second + every / 3 },
        ];
        const held = elections(new ElectionTable(settings), recordsOf(senders, HOUR));
        expect(held.length).toBeLessThanOrEqual(2);
      }
    },
  );

  test('the election says who it was and where its samples end; it lives on as a standby', () => {
    const table = new ElectionTable(DEFAULT_ELECTION_SETTINGS);
    const senders: readonly Sender[] = [
      { replica: 'a', every: 15 },
      { replica: 'b', every: 15, from: 5 },
    ];
    for (const record of recordsOf(senders, 640)) {
      if (record.replica === 'a' && isWithin(record, [601, 629])) continue;
      table.advance(record.timestampMs);
      const { verdict, effect } = table.judge(record);
      if (effect?.kind !== 'elect' || effect.election.epoch === 1) continue;
      expect(verdict).toBe('drop');
      expect(effect.election.previous).toEqual({
        replica: 'a',
        receivedAtMs: BEGIN_MS + 600_000,
        highTimestampMs: BEGIN_MS + 599_000,
      });
    }
    const state = table.get('user/c');
    expect(state).toMatchObject({ kind: 'elected', replica: 'b', epoch: 2 });
    expect(state?.kind === 'elected' ? state.replicas.map(({ replica }) => replica) : []).toEqual(['a', 'b']);
  });
});
