import { describe, expect, test } from '@jest/globals';
import { type TallyRow } from '@tandem/dedup';
import { clusterKey, ledgerRowRecord, tallyRecord } from '@tandem/records';
import { type OutgoingRecord } from '@tandem/stream';

import { clusterLedger, type LedgerBy } from '../src/ha/cluster-ledger.ts';
import { clusterOutput, electionOutput, emptyLog, T0, TOPICS } from './ha-log.ts';

const MINUTE = 60_000;
const ROW: TallyRow = {
  tenant: 't',
  cluster: 'prod',
  replica: 'a',
  minuteMs: T0,
  epoch: null,
  records: 1,
  samples: 10,
  emitted: 9,
  caughtUp: 0,
  filled: 0,
  markers: 0,
  held: 0,
  dropped: { repeat: 1 },
  widestSeamMs: 0,
};

function written(over: Partial<TallyRow>, throughOffset: number, partition = 0): OutgoingRecord {
  const row = { ...ROW, ...over };
  const record = ledgerRowRecord.encode({ ...row, sourcePartition: partition, throughOffset });
  return { topic: TOPICS.ledger, partition, key: clusterKey(row.tenant, row.cluster ?? ''), ...record };
}

function tallied(generation: number, index: number, rows: readonly Partial<TallyRow>[]): OutgoingRecord {
  const tally = { generation, index, lanes: [], rows: rows.map((row) => ({ ...ROW, ...row })) };
  return { topic: TOPICS.tallies, partition: 0, key: null, ...tallyRecord.encode(tally) };
}

async function ledgerOf(records: readonly OutgoingRecord[], by: LedgerBy = 'replica') {
  const log = await emptyLog();
  await log.append([clusterOutput(), ...records]);
  const query = { tenant: undefined, cluster: 'prod', json: true, rangeMs: 60 * MINUTE, nowMs: T0 + 5 * MINUTE, by };
  const { text } = await clusterLedger(log, TOPICS, query);
  const table = await clusterLedger(log, TOPICS, { ...query, json: false });
  return {
    ledger: JSON.parse(text) as { readonly rows: readonly unknown[]; readonly switches: readonly unknown[] },
    table,
  };
}

describe('tandem ha ledger', () => {
  test('adds up the parts by replica, what is not in the ledger yet included', async () => {
    const { ledger, table } = await ledgerOf([
      written({}, 100),
      written({ minuteMs: T0 + MINUTE, dropped: {} }, 200),
      written({ replica: 'b', emitted: 0, dropped: { standby: 10 } }, 200),
      written({ cluster: 'other' }, 200),
      tallied(200, 0, []),
      tallied(200, 1, [{ minuteMs: T0 + 2 * MINUTE }]),
    ]);
    expect(ledger.rows).toMatchObject([
      { replica: 'a', records: 3, samples: 30, emitted: 27, dropped: { repeat: 2 } },
      { replica: 'b', samples: 10, emitted: 0, dropped: { standby: 10 } },
    ]);
    expect(table.text).toMatch(/^a +3 +30 +27 +0 +0 +0 +repeat 2$/mu);
  });

  test('tallies that have gone into the ledger are not there twice', async () => {
    const { ledger } = await ledgerOf([tallied(100, 0, [{}]), written({}, 200)]);
    expect(ledger.rows).toMatchObject([{ samples: 10 }]);
  });

  test('by minute: a row for each minute and replica', async () => {
    const { ledger, table } = await ledgerOf([written({}, 100), written({ minuteMs: T0 + MINUTE }, 200)], 'minute');
    expect(ledger.rows).toMatchObject([
      { minute: '2026-03-01T12:00:00.000Z', samples: 10 },
      { minute: '2026-03-01T12:01:00.000Z', samples: 10 },
    ]);
    expect(table.text).toContain('In all:');
  });

  test('tells what was counted at each switch', async () => {
    const elected = { epoch: 2, replica: 'b', previousReplica: 'a', previousReceivedAtMs: T0, reason: 'failover' };
    const { ledger, table } = await ledgerOf([
      electionOutput({ ...elected, electedAtMs: T0 + MINUTE }),
      written({ replica: 'b', epoch: 2, emitted: 6, caughtUp: 5, markers: 1, held: 2, widestSeamMs: 22_500 }, 100),
    ]);
    expect(ledger.switches).toEqual([
      {
        epoch: 2,
        time: '2026-03-01T12:01:00.000Z',
        from: 'a',
        to: 'b',
        reason: 'failover',
        caught_up: 5,
        held: 2,
        stale_markers: 1,
        widest_seam_seconds: 22.5,
      },
    ]);
    expect(table.text).toContain('22.5s');
  });

  test('says so where nothing was counted', async () => {
    const { table } = await ledgerOf([]);
    expect(table.notes).toEqual(['nothing was counted in this range: --range reaches farther back']);
  });
});
