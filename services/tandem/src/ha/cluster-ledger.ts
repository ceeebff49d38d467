import { Tally, type TallyRow } from '@tandem/dedup';
import { type Election } from '@tandem/records';
import { type RecordReader } from '@tandem/stream';

import { type ClusterQuery } from './cluster-name.ts';
import { findCluster } from './find-cluster.ts';
import { ledgerJson, ledgerText } from './ledger-report.ts';
import { type HaTopics } from './open-log-to-read.ts';
import { readClusters } from './read-clusters.ts';
import { readElections } from './read-elections.ts';
import { readLedger } from './read-ledger.ts';
import { unreadableNote, type Report } from './report.ts';

/** What rows are added up by. */
export type LedgerBy = 'minute' | 'replica';

/** What `tandem ha ledger` was asked. */
export interface LedgerQuery extends ClusterQuery {
  readonly json: boolean;
  /** How far back, ms. */
  readonly rangeMs: number;
  /** Unix ms. */
  readonly nowMs: number;
  readonly by: LedgerBy;
}

/** What was counted at the switch to another replica. */
export interface LedgerSwitch {
  readonly election: Election;
  /** Samples read again at its seam that came out. */
  readonly caughtUp: number;
  /** Samples of counters held back because they were below the value before. */
  readonly held: number;
  /** Stale markers of series that the new replica does not have. */
  readonly markers: number;
  /** Widest distance between two samples of a series at the seam, ms; 0: none. */
  readonly widestSeamMs: number;
}

const MINUTE_MS = 60_000;

/**
 * What was received of a cluster and what became of it, by replica.
 *
 * @throws {CommandExit} 1 where there is no such cluster, 2 where several tenants have one
 * @throws {LogError} `unknown-topic`
 */
export async function clusterLedger(reader: RecordReader, topics: HaTopics, query: LedgerQuery): Promise<Report> {
  const { nowMs, rangeMs, by, json } = query;
  const standing = await readClusters(reader, topics.clusters);
  const name = findCluster(standing.clusters, query);
  const fromMs = Math.max(0, Math.floor((nowMs - rangeMs) / MINUTE_MS) * MINUTE_MS);
  const read = await readLedger(reader, topics, { ...name, fromMs });
  const elections = await readElections(reader, topics.elections, { ...name, sinceMs: fromMs });
  const ledger = {
    name,
    fromMs,
    untilMs: nowMs,
    by,
    rows: addedUp(read.rows, by),
    total: addedUp(read.rows, 'replica'),
    switches: switchesOf(elections.elections, read.rows),
  };
  const notes = [
    ...(read.rows.length === 0 ? ['nothing was counted in this range: --range reaches farther back'] : []),
    ...unreadableNote(topics.clusters, standing.unreadable),
    ...unreadableNote(topics.elections, elections.unreadable),
    ...unreadableNote(topics.ledger, read.unreadable),
  ];
  return { text: json ? ledgerJson(ledger) : ledgerText(ledger), notes };
}

/** Rows without their epochs, and without their minutes where those are not asked for; in order. */
function addedUp(rows: readonly TallyRow[], by: LedgerBy): readonly TallyRow[] {
  const sum = new Tally();
  for (const row of rows) sum.addRow({ ...row, epoch: null, minuteMs: by === 'minute' ? row.minuteMs : 0 });
  return sum.rows.toSorted((a, b) => a.minuteMs - b.minuteMs || compare(a.replica ?? '', b.replica ?? ''));
}

/** By code unit, so that the order is the same in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** What was counted at a seam is in the rows of its epoch. */
function switchesOf(elections: readonly Election[], rows: readonly TallyRow[]): readonly LedgerSwitch[] {
  const switches = elections.filter(({ previousReplica }) => previousReplica !== null);
  return switches.map((election) => {
    const ofSeam = rows.filter(({ epoch }) => epoch === election.epoch);
    return {
      election,
      caughtUp: sumOf(ofSeam, ({ caughtUp }) => caughtUp),
      held: sumOf(ofSeam, ({ held }) => held),
      markers: sumOf(ofSeam, ({ markers }) => markers),
      widestSeamMs: Math.max(0, ...ofSeam.map(({ widestSeamMs }) => widestSeamMs)),
    };
  });
}

function sumOf(rows: readonly TallyRow[], valueOf: (row: TallyRow) => number): number {
  return rows.reduce((sum, row) => sum + valueOf(row), 0);
}
