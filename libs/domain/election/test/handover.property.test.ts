import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { DEFAULT_ELECTION_SETTINGS, ElectionTable, type JudgedRecord } from '../src/index.ts';
import { elections, recordsOf, type Sender } from './senders.ts';

const LEARNED = { ...DEFAULT_ELECTION_SETTINGS, learned: { leastMs: 10_000, mostMs: 300_000 } };

/** Numbers that are a function of a seed and a place, 0 to 1. */
function noise(seed: number, at: number): number {
  const mixed = Math.imul((Math.floor(at * 1000) ^ seed) + 0x9e3779b9, 0x85ebca6b);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 4_294_967_296;
}

/** A sender in good health: it sends up to some seconds late, some requests twice, now and then with a target down. */
const healthy = (replica: string): fc.Arbitrary<Sender & { readonly again: number; readonly seed: number }> =>
  fc
    .record({
      seed: fc.nat(),
      every: fc.constantFrom(1, 5, 15, 15, 15),
      phase: fc.double({ min: 0, max: 1, noNaN: true }),
      late: fc.integer({ min: 0, max: 5 }),
      offset: fc.integer({ min: -10, max: 10 }),
      size: fc.integer({ min: 95, max: 105 }),
      again: fc.constantFrom(0, 0.1, 0.3),
    })
    .map(({ seed, every, phase, late, offset, size, again }) => ({
      ...{ replica, every, from: phase * every, again, seed },
      jitter: (at: number) => late * noise(seed, at),
      // Stamps have a beat: what is irregular is when they arrive. A step of one and a half would be a scrape that is lost.
      lag: (at: number) => 1 + offset + Math.min(3, 0.3 * every) * noise(seed + 1, at),
      samples: () => size * every,
      up: (at: number) => [10 * every, noise(seed + 2, at) < 0.05 ? every : 0] as const,
    }));

function sent(senders: readonly (Sender & { readonly again: number; readonly seed: number })[], seconds: number) {
  const again = senders.flatMap((sender) =>
    recordsOf([sender], seconds)
      .filter(({ timestampMs }) => noise(sender.seed + 3, timestampMs) < sender.again)
      .map((record) => ({ ...record, timestampMs: record.timestampMs + 900 })),
  );
  return [...recordsOf(senders, seconds), ...again].sort((one, other) => one.timestampMs - other.timestampMs);
}

describe('a healthy pair', () => {
  test.each([
    ['as configured', DEFAULT_ELECTION_SETTINGS],
    ['with a timeout that is learned', LEARNED],
  ])('never switches, however its senders are, %s', (_name, settings) => {
    fc.assert(
      fc.property(healthy('a'), healthy('b'), (a, b) => {
        const held = elections(new ElectionTable(settings), sent([a, b], 1800));
        expect(held.slice(1)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});

function lagWhen(badly: string): number {
  if (badly === 'lag') return 200;
  return badly === 'ahead' ? -200 : 1;
}

/** A sender that does now well, now badly, in every way. */
const unsteady = (replica: string): fc.Arbitrary<Sender> =>
  fc
    .record({
      seed: fc.nat(),
      every: fc.constantFrom(2, 5, 15, 40),
      spell: fc.integer({ min: 60, max: 900 }),
      badly: fc.constantFrom('lag', 'ahead', 'partial', 'down', 'silent' as const),
    })
    .map(({ seed, every, spell, badly }) => {
      const isBad = (at: number): boolean => noise(seed, Math.floor(at / spell)) < 0.4;
      return {
        ...{ replica, every, from: noise(seed, 1) * every },
        lag: (at: number) => (isBad(at) ? lagWhen(badly) : 1),
        samples: (at: number) => (isBad(at) && badly === 'partial' ? 30 : 100),
        up: (at: number) => [10, isBad(at) && badly === 'down' ? 7 : 0] as const,
        jitter: (at: number) => (isBad(at) && badly === 'silent' ? 45 : 0),
      };
    });

const senders = fc.tuple(unsteady('a'), unsteady('b'), unsteady('c'));

describe('handovers', () => {
  test('E24: are never closer to each other than the cool-down', () => {
    fc.assert(
      fc.property(senders, (all) => {
        const held = elections(new ElectionTable(LEARNED), recordsOf(all, 3600));
        const times = held.filter(([, , why]) => why.startsWith('score')).map(([at]) => Math.round(at * 1000));
        for (const [i, at] of times.slice(1).entries()) expect(at - (times[i] ?? 0)).toBeGreaterThanOrEqual(600_000);
      }),
      { numRuns: 20 },
    );
  });

  test('E8, E18: what was stored and the records since make the same state, to the bit, anywhere', () => {
    fc.assert(
      fc.property(senders, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(20_000), (all, where, sinceMs) => {
        const records = recordsOf(all, 1500);
        const at = Math.floor(where * (records.length - 1));
        const whole = new ElectionTable(LEARNED);
        const stored = new ElectionTable(LEARNED);
        const { recalled, rest } = cutAt(records, at, sinceMs);
        elections(whole, records.slice(0, recalled));
        for (const entry of whole.entries()) stored.restore(JSON.parse(JSON.stringify(entry)) as typeof entry);
        const kept = epochOf(whole);
        elections(whole, records.slice(recalled, rest));
        // An election in between would have been written down.
        fc.pre(epochOf(whole) === kept);
        for (const record of records.slice(recalled, rest)) stored.recall(record);
        expect(elections(stored, records.slice(rest))).toEqual(elections(whole, records.slice(rest)));
        expect(withoutAnnouncement(stored)).toEqual(withoutAnnouncement(whole));
      }),
      { numRuns: 30 },
    );
  });
});

/** Records up to where a state was written, and up to where the next one takes over. */
function cutAt(records: readonly JudgedRecord[], at: number, sinceMs: number) {
  const fromMs = records[at]?.timestampMs ?? 0;
  const rest = records.findIndex(({ timestampMs }) => timestampMs > fromMs + sinceMs);
  return { recalled: at + 1, rest: Math.max(at + 1, rest === -1 ? records.length : rest) };
}

function epochOf(table: ElectionTable): number {
  return table.get('user/c')?.epoch ?? 0;
}

function withoutAnnouncement(table: ElectionTable): unknown {
  return { ...table.get('user/c'), announcedAtMs: 0 };
}
