import { type TallyRow } from '@tandem/dedup';

import { type LedgerBy, type LedgerSwitch } from './cluster-ledger.ts';
import { type ClusterName } from './cluster-name.ts';
import { formatJson } from './report.ts';
import { formatFields, formatTable } from './table.ts';
import { formatSpan, formatTime, NOTHING, rfc3339 } from './times.ts';

/** The ledger of a cluster over a range. */
export interface ClusterLedger {
  readonly name: ClusterName;
  /** The range, log time in Unix ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly by: LedgerBy;
  readonly rows: readonly TallyRow[];
  /** One row for each replica. */
  readonly total: readonly TallyRow[];
  readonly switches: readonly LedgerSwitch[];
}

const HEAD = ['REPLICA', 'RECORDS', 'SAMPLES', 'EMITTED', 'CAUGHT-UP', 'FILLED', 'MARKERS', 'DROPPED'];
const SWITCH_HEAD = ['EPOCH', 'TIME', 'FROM', 'TO', 'REASON', 'CAUGHT-UP', 'HELD', 'MARKERS', 'WIDEST-SEAM'];

/** For people. */
export function ledgerText({ name, fromMs, untilMs, by, rows, total, switches }: ClusterLedger): string {
  const fields = formatFields([
    ['cluster', name.cluster],
    ['tenant', name.tenant],
    ['range', `${formatTime(fromMs)} to ${formatTime(untilMs)} (${formatSpan(untilMs - fromMs)})`],
  ]);
  if (rows.length === 0) return fields;
  const parts = [fields];
  if (by === 'minute') {
    const minutes = rows.map((row) => [formatTime(row.minuteMs), ...cellsOf(row)]);
    parts.push(formatTable(['MINUTE', ...HEAD], minutes), 'In all:');
  }
  parts.push(formatTable(HEAD, total.map(cellsOf)));
  if (switches.length > 0) parts.push('Switches:', formatTable(SWITCH_HEAD, switches.map(switchCells)));
  return parts.join('\n\n');
}

function cellsOf(row: TallyRow): readonly string[] {
  const { replica, records, samples, emitted, caughtUp, filled, markers, dropped } = row;
  const drops = reasonsOf(dropped).map(([reason, count]) => `${reason} ${count}`);
  const counts = [records, samples, emitted, caughtUp, filled, markers].map(String);
  return [replica ?? NOTHING, ...counts, drops.length === 0 ? NOTHING : drops.join(', ')];
}

function switchCells({ election, caughtUp, held, markers, widestSeamMs }: LedgerSwitch): readonly string[] {
  const { epoch, electedAtMs, previousReplica, replica, reason } = election;
  const widest = widestSeamMs === 0 ? NOTHING : formatSpan(widestSeamMs);
  const counts = [caughtUp, held, markers].map(String);
  return [String(epoch), formatTime(electedAtMs), previousReplica ?? NOTHING, replica, reason, ...counts, widest];
}

/** For programs; times are RFC 3339. */
export function ledgerJson({ name, fromMs, untilMs, by, rows, switches }: ClusterLedger): string {
  return formatJson({
    tenant: name.tenant,
    cluster: name.cluster,
    from: rfc3339(fromMs),
    until: rfc3339(untilMs),
    by,
    rows: rows.map((row) => ({
      ...(by === 'minute' ? { minute: rfc3339(row.minuteMs) } : {}),
      replica: row.replica,
      records: row.records,
      samples: row.samples,
      emitted: row.emitted,
      caught_up: row.caughtUp,
      filled: row.filled,
      stale_markers: row.markers,
      dropped: Object.fromEntries(reasonsOf(row.dropped)),
    })),
    switches: switches.map(({ election, caughtUp, held, markers, widestSeamMs }) => ({
      epoch: election.epoch,
      time: rfc3339(election.electedAtMs),
      from: election.previousReplica,
      to: election.replica,
      reason: election.reason,
      caught_up: caughtUp,
      held,
      stale_markers: markers,
      widest_seam_seconds: widestSeamMs === 0 ? null : widestSeamMs / 1000,
    })),
  });
}

function reasonsOf(dropped: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  return Object.entries(dropped).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
