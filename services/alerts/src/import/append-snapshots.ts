import { silenceForgottenAtMs, type NotificationEntry, type Silence } from '@tandem/alerting';
import { type Metrics } from '@tandem/telemetry';

import { type ImportTopic, type ImportTopics } from '../alerts-options.ts';
import { IMPORT_METRICS } from '../metrics/import.ts';

/** What snapshot files of Alertmanager hold. */
export interface Snapshots {
  readonly silences: readonly Silence[];
  readonly entries: readonly NotificationEntry[];
}

/** What appending needs. */
export interface AppendSnapshotsOptions extends ImportTopics {
  /** `--data.retention`, ms. */
  readonly retentionMs: number;
  readonly metrics: Metrics;
}

/** Records of one append: a log takes no batch of any size. */
const BATCH = 500;

/**
 * Appends what is not past its time. The topics must be read to their end before: what is newer in them stays.
 *
 * @returns false where the log is away; what it has taken by then it takes again without effect
 */
export async function appendSnapshots(snapshots: Snapshots, options: AppendSnapshotsOptions): Promise<boolean> {
  const { silences, nflog, nowMs, retentionMs, metrics } = options;
  const { records } = metrics.instruments(IMPORT_METRICS);
  const kept = snapshots.silences.filter((silence) => silenceForgottenAtMs(silence, retentionMs) > nowMs);
  const live = snapshots.entries.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  if (!(await inBatches(kept, silences)) || !(await inBatches(live, nflog))) return false;
  records.inc({ file: 'silences', outcome: 'taken' }, kept.length);
  records.inc({ file: 'silences', outcome: 'expired' }, snapshots.silences.length - kept.length);
  records.inc({ file: 'nflog', outcome: 'taken' }, live.length);
  records.inc({ file: 'nflog', outcome: 'expired' }, snapshots.entries.length - live.length);
  return true;
}

async function inBatches<T>(records: readonly T[], topic: ImportTopic<T>): Promise<boolean> {
  for (let from = 0; from < records.length; from += BATCH) {
    if (!(await topic.import(records.slice(from, from + BATCH)))) return false;
  }
  return true;
}
