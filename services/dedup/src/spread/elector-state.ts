import { ElectionTable, isElectable, type JudgedRecord } from '@tandem/election';
import { clusterId, heartbeatRecord, isCommand, isSettings, type Heartbeat } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { type ClusterName } from '../cluster-records.ts';
import { PartitionSettings } from '../in-force/partition-settings.ts';
import { type PartitionState } from '../partition-state.ts';
import { heardOf, Recollection, type Recaller, type TakeOverOptions } from '../take-over.ts';
import { electedFrom, readClusters } from './stored-clusters.ts';

/** What is remembered of a partition of heartbeats: a function of the log up to the committed position. */
export interface ElectorState extends Pick<PartitionState, 'inForce' | 'settingsAreWritten'> {
  readonly elections: ElectionTable;
  /** The names of the clusters in `elections`, by their id. */
  readonly names: Map<string, ClusterName>;
  /** How many shards of each cluster follow its elections. */
  readonly shards: Map<string, number>;
}

/** Rebuilds the elections of a partition of heartbeats as of its committed position, as `takeOver` does for samples. */
export async function takeElectorOver(options: TakeOverOptions): Promise<ElectorState> {
  const { reader, claim, topics, settings } = options;
  const source = { topic: topics.clusters, partition: claim.partition, signal: claim.signal };
  const read = await readClusters(reader, source, options.onUnreadable);
  const stored = electedFrom('heartbeats', read.clusters, settings);
  const { heartbeats: changes } = read.changes;
  const inForce = PartitionSettings.takenOver(changes, { ...options.configured, fromOffset: claim.position });
  const decisions = inForce.current;
  const elections = new ElectionTable(decisions.elections, {
    clustersElsewhere: options.clustersElsewhere,
    overrides: decisions.overrides ?? [],
    forgottenEpoch: read.forgotten.heartbeats,
  });
  const names = new Map<string, ClusterName>();
  const shards = new Map<string, number>();
  for (const [id, { tenant, cluster, state, shards: count }] of stored) {
    names.set(id, { tenant, cluster });
    shards.set(id, count);
    elections.restore({ tenant, cluster: id, state });
  }
  await new Recollection(
    { reader, claim, decisions, elections, recall: heartbeatRecaller(elections) },
    heardOf(stored),
  ).run();
  return { inForce, settingsAreWritten: changes !== undefined, elections, names, shards };
}

function heartbeatRecaller(elections: ElectionTable): Recaller {
  return (record, timestampMs, isOpen) => {
    const decoded =
      isCommand(record.headers) || isSettings(record.headers) ? undefined : heartbeatRecord.decode(record);
    if (decoded?.ok !== true || !isElectable(decoded.value.replica)) return;
    const judged = judgedHeartbeat(record, decoded.value, timestampMs);
    if (isOpen(judged.cluster)) elections.recall(judged);
  };
}

/**
 * A heartbeat as elections look at it: as the records it sums up.
 *
 * @param timestampMs the partition's clock at it, Unix ms
 */
export function judgedHeartbeat(
  { value }: Pick<LogRecord, 'value'>,
  heartbeat: Heartbeat,
  timestampMs: number,
): JudgedRecord {
  const { tenant, replica, samples, upSamples, downSamples } = heartbeat;
  const cluster = clusterId(tenant, heartbeat.cluster);
  const sizeBytes = value?.length ?? 0;
  return { tenant, cluster, replica, timestampMs, ...spanOf(heartbeat), samples, sizeBytes, upSamples, downSamples };
}

/** The oldest and the newest sample of a heartbeat; nothing where it has none. */
export function spanOf(heartbeat: {
  readonly minTimestampMs: number | null;
  readonly maxTimestampMs: number | null;
}): { readonly minTimestampMs: number; readonly maxTimestampMs: number } | undefined {
  const { minTimestampMs, maxTimestampMs } = heartbeat;
  return minTimestampMs === null || maxTimestampMs === null ? undefined : { minTimestampMs, maxTimestampMs };
}
