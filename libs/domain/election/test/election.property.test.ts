import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  DEFAULT_ELECTION_SETTINGS,
  ElectionTable,
  jitterMs,
  type Decision,
  type ElectionSettings,
  type JudgedRecord,
} from '../src/index.ts';

const SETTINGS: ElectionSettings = { ...DEFAULT_ELECTION_SETTINGS, maxClusters: 2, idleTimeoutMs: 90_000 };

/** Records of two tenants, three clusters, three replicas; steps of time that also go back, and long silences. */
const records: fc.Arbitrary<readonly JudgedRecord[]> = fc
  .array(
    fc.record({
      tenant: fc.constantFrom('t', 'u'),
      cluster: fc.constantFrom('x', 'y', 'z'),
      replica: fc.constantFrom('a', 'b', 'c'),
      step: fc.oneof(fc.integer({ min: -500, max: 6000 }), fc.constantFrom(29_999, 30_000, 31_000, 200_000)),
      sampleAge: fc.option(fc.integer({ min: -1000, max: 60_000 }), { nil: undefined }),
    }),
    { maxLength: 80 },
  )
  .map((steps) => {
    let timestampMs = 1_000_000;
    return steps.map(({ tenant, cluster, replica, step, sampleAge }) => {
      timestampMs += step;
      const minTimestampMs = timestampMs - (sampleAge ?? 0);
      return {
        tenant,
        cluster: `${tenant}/${cluster}`,
        replica,
        timestampMs,
        ...(sampleAge === undefined ? {} : { minTimestampMs, maxTimestampMs: minTimestampMs + 1000 }),
      };
    });
  });

function run(table: ElectionTable, log: readonly JudgedRecord[]): readonly Decision[] {
  return log.map((record) => {
    table.advance(record.timestampMs);
    return table.judge(record);
  });
}

const outline = (decisions: readonly Decision[]): readonly string[] =>
  decisions.map(({ verdict, reason, state }) => `${verdict} ${reason} ${state?.epoch ?? 0}`);

describe('elections', () => {
  test('E1, E4, E6: a record is accepted exactly when its replica is the elected one afterwards', () => {
    fc.assert(
      fc.property(records, (log) => {
        run(new ElectionTable(SETTINGS), log).forEach(({ verdict, state }, i) => {
          const elected = state?.kind === 'elected' ? state.replica : undefined;
          expect(verdict === 'accept').toBe(elected === log[i]?.replica);
        });
      }),
    );
  });

  test('E5: nobody is succeeded before the failover timeout', () => {
    fc.assert(
      fc.property(records, (log) => {
        for (const { effect } of run(new ElectionTable(SETTINGS), log)) {
          if (effect?.kind !== 'elect' || effect.election.previous === undefined) continue;
          const silentMs = effect.election.electedAtMs - effect.election.previous.receivedAtMs;
          expect(silentMs).toBeGreaterThanOrEqual(SETTINGS.failoverTimeoutMs);
        }
      }),
    );
  });

  test('E7, E13: epochs count up by one and intervals tile', () => {
    fc.assert(
      fc.property(records, (log) => {
        const last = new Map<string, { epoch: number; from: number | null }>();
        run(new ElectionTable(SETTINGS), log).forEach(({ effect }, i) => {
          if (effect?.kind !== 'elect') return;
          const { epoch, fromTimestampMs } = effect.election;
          const before = last.get(log[i]?.cluster ?? '') ?? { epoch: 0, from: null };
          expect(epoch).toBe(before.epoch + 1);
          expect(fromTimestampMs === null).toBe(epoch === 1);
          expect(fromTimestampMs ?? -Infinity).toBeGreaterThanOrEqual(before.from ?? -Infinity);
          last.set(log[i]?.cluster ?? '', { epoch, from: fromTimestampMs });
        });
      }),
    );
  });

  test('E8: a table restored from its states anywhere in the log goes on as if nothing had happened', () => {
    fc.assert(
      fc.property(records, fc.nat(80), (log, cut) => {
        const whole = new ElectionTable(SETTINGS);
        const expected = outline(run(whole, log));
        const first = new ElectionTable(SETTINGS);
        const head = outline(run(first, log.slice(0, cut)));
        const second = new ElectionTable(SETTINGS);
        for (const entry of first.entries()) second.restore(entry);
        second.recallTime(first.nowMs);
        expect([...head, ...outline(run(second, log.slice(cut)))]).toEqual(expected);
        expect([...second.entries()]).toEqual(expect.arrayContaining([...whole.entries()]));
      }),
    );
  });

  test('E10: update timeout and jitter change no verdict and no election', () => {
    fc.assert(
      fc.property(records, fc.nat(60_000), fc.nat(60_000), (log, updateTimeoutMs, updateTimeoutJitterMs) => {
        const other = new ElectionTable({ ...SETTINGS, updateTimeoutMs, updateTimeoutJitterMs });
        expect(outline(run(other, log))).toEqual(outline(run(new ElectionTable(SETTINGS), log)));
      }),
    );
  });

  test('E11: without a limit, a cluster is judged as if it were alone', () => {
    const settings = { ...SETTINGS, maxClusters: 0, idleTimeoutMs: 1e12 };
    fc.assert(
      fc.property(records, (log) => {
        const clamped = clamp(log);
        const together = outline(run(new ElectionTable(settings), clamped));
        const alone = clamped.filter(({ cluster }) => cluster === 't/x');
        expect(together.filter((_, i) => clamped[i]?.cluster === 't/x')).toEqual(
          outline(run(new ElectionTable(settings), alone)),
        );
      }),
    );
  });

  test('E12: a tenant never has more clusters than its limit', () => {
    fc.assert(
      fc.property(records, (log) => {
        const table = new ElectionTable(SETTINGS);
        for (const record of log) {
          run(table, [record]);
          const places = [...table.entries()].filter(
            ({ tenant, state }) => tenant === record.tenant && state.kind === 'elected',
          );
          expect(places.length).toBeLessThanOrEqual(SETTINGS.maxClusters);
          expect(table.occupied(record.tenant)).toBe(places.length);
        }
      }),
    );
  });

  test('E18: what is announced is never as old as update timeout and jitter', () => {
    const boundMs = SETTINGS.updateTimeoutMs + SETTINGS.updateTimeoutJitterMs;
    fc.assert(
      fc.property(records, (log) => {
        const table = new ElectionTable(SETTINGS);
        run(table, log);
        for (const { state } of table.entries()) {
          if (state.kind !== 'elected') continue;
          expect(state.heardAtMs - state.announcedAtMs).toBeLessThan(boundMs);
        }
      }),
    );
  });

  test('E17: jitter stays within its bound, is the same every time, and spreads', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1e6 }), fc.nat(60_000), (cluster, epoch, maxMs) => {
        const jitter = jitterMs(cluster, epoch, maxMs);
        expect(Math.abs(jitter)).toBeLessThanOrEqual(maxMs);
        expect(jitterMs(cluster, epoch, maxMs)).toBe(jitter);
      }),
    );
    const all = Array.from({ length: 1000 }, (_, i) => jitterMs(`anonymous/cluster-${i}`, 1, 5000));
    const late = all.filter((jitter) => jitter > 0).length;
    expect(late).toBeGreaterThan(400);
    expect(late).toBeLessThan(600);
    expect(new Set(all).size).toBeGreaterThan(900);
  });
});

/** The log with its clock made monotonic: what every record of it sees as now. */
function clamp(log: readonly JudgedRecord[]): readonly JudgedRecord[] {
  let nowMs = -Infinity;
  return log.map((record) => ({ ...record, timestampMs: (nowMs = Math.max(nowMs, record.timestampMs)) }));
}
