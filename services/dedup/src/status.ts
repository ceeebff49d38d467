import {
  scoresOf,
  type ClusterState,
  type ElectedState,
  type ReplicaScore,
  type ReplicaSight,
  type SenderReport,
} from '@tandem/election';

import { type ClusterName } from './cluster-records.ts';
import { type PartitionState } from './partition-state.ts';
import { type UnpairedStatus } from './senders/unpaired-watch.ts';
import { type SenderWatches } from './senders/sender-watches.ts';

/** A cluster as this instance sees it. */
export interface ClusterStatus extends ClusterName {
  /** Of `samples`; of `heartbeats` where it is spread. */
  readonly partition: number;
  /** Shards that follow its elections; absent: it is not spread. */
  readonly shards?: number;
  readonly epoch: number;
  /** The elected replica; absent: the cluster is vacant. */
  readonly elected?: {
    readonly replica: string;
    /** Log times, Unix ms. */
    readonly sinceMs: number;
    readonly receivedAtMs: number;
    /** By an operator: nobody else is elected until it is released. */
    readonly pinned: boolean;
    /** How long it may be silent, ms: as configured, or as learned from it. */
    readonly failoverTimeoutMs: number;
  };
  /** Targets that are filled from a standby, because the elected replica cannot scrape them. */
  readonly fill?: { readonly standby: string; readonly targets: number; readonly sinceMs: number };
  /** Replicas heard by this instance since it holds the partition, and shortly before. */
  readonly replicas: readonly ReplicaStatus[];
}

/** A replica: what was heard of it, how well it does, and what is said of it once it was watched for a while. */
export type ReplicaStatus = Omit<ReplicaSight, 'health'> &
  ReplicaScore &
  Partial<Pick<SenderReport, 'verdict' | 'aheadMs'>>;

/** A partition this instance holds. */
export interface PartitionStatus {
  readonly partition: number;
  /** `taking-over` while its state is rebuilt. */
  readonly phase: 'taking-over' | 'running';
  /** Committed position, and the end of the partition when it was last read. */
  readonly position: number;
  readonly end: number;
  /** Clusters whose seam is being read again after a failover. */
  readonly catchingUp: number;
}

/** A partition of heartbeats this instance holds: it elects in the spread clusters of it. */
export type ElectorStatus = Omit<PartitionStatus, 'catchingUp'>;

/** What this instance does now. */
export interface DedupStatus {
  readonly instance: string;
  readonly partitions: readonly PartitionStatus[];
  /** Of heartbeats; none where no cluster is spread. */
  readonly electors: readonly ElectorStatus[];
  readonly clusters: readonly ClusterStatus[];
  /** Senders whose series are not deduplicated, because they lack the cluster or the replica label. Times are log time, Unix ms. */
  readonly senders: readonly UnpairedStatus[];
  /** What does not work though the stream goes on, in a few words each. */
  readonly degraded: readonly string[];
}

/** Elections that are held here. */
interface ElectedHere extends Pick<PartitionState, 'elections' | 'names'> {
  /** What is filled; absent: nothing ever is. */
  readonly fills?: PartitionState['fills'];
  /** Of spread clusters. */
  readonly shards?: ReadonlyMap<string, number>;
}

/** The clusters of a partition. */
export function clusterStatuses(
  partition: number,
  { elections, names, fills, shards }: ElectedHere,
  watches: SenderWatches,
): readonly ClusterStatus[] {
  const statuses: ClusterStatus[] = [];
  for (const { cluster, state } of elections.entries()) {
    const name = names.get(cluster);
    if (name === undefined) continue;
    const status = statusOf(state, elections.failoverTimeoutMs({ tenant: name.tenant, cluster, state }));
    const reports = new Map(watches.reports(cluster).map(({ replica, ...report }) => [replica, report]));
    const replicas = status.replicas.map((sight) => ({ ...sight, ...reports.get(sight.replica) }));
    const spread = shards?.get(cluster);
    const open = fills?.open(cluster);
    const fill = open && { standby: open.standby, targets: open.targets.size, sinceMs: open.openedAtMs };
    const more = { ...(spread === undefined ? {} : { shards: spread }), ...(fill === undefined ? {} : { fill }) };
    statuses.push({ ...name, partition, ...more, ...status, replicas });
  }
  return statuses;
}

function statusOf(
  state: ClusterState,
  failoverTimeoutMs: number | null,
): Pick<ClusterStatus, 'epoch' | 'elected' | 'replicas'> {
  if (state.kind === 'vacant' || failoverTimeoutMs === null) return { epoch: state.epoch, replicas: [] };
  const { epoch, replica, electedAtMs, receivedAtMs, pinned } = state;
  const elected = { replica, sinceMs: electedAtMs, receivedAtMs, pinned, failoverTimeoutMs };
  return { epoch, elected, replicas: replicaStatuses(state) };
}

function replicaStatuses({ replicas, heardAtMs }: ElectedState): readonly ReplicaStatus[] {
  const scores = scoresOf(replicas, heardAtMs);
  return replicas.flatMap(({ replica, lastRecordMs, highTimestampMs }) => {
    const score = scores.get(replica);
    if (score === undefined) return [];
    return [{ replica, lastRecordMs, ...(highTimestampMs === undefined ? {} : { highTimestampMs }), ...score }];
  });
}
