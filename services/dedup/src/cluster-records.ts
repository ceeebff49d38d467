import { type ClusterState, type Election, type LeaseClaim } from '@tandem/election';
import { clusterId, clusterKey, clusterRecord, electionRecord, type Cluster } from '@tandem/records';
import { type LogRecord, type OutgoingRecord } from '@tandem/stream';

/** A cluster by its names. */
export interface ClusterName {
  readonly tenant: string;
  readonly cluster: string;
}

/** A place in `samples`. */
export interface SourcePosition {
  readonly partition: number;
  readonly offset: number;
}

/** A cluster as it was written down. */
export interface StoredCluster extends ClusterName {
  readonly state: ClusterState;
  /** Offset of the samples record it was written for. */
  readonly sourceOffset: number;
}

/** The record of `elections` for an election. */
export function electionOutput(
  topic: string,
  name: ClusterName,
  election: Election,
  source: SourcePosition,
): OutgoingRecord {
  return {
    topic,
    partition: source.partition,
    key: clusterKey(name.tenant, name.cluster),
    ...electionRecord.encode({
      tenant: name.tenant,
      cluster: name.cluster,
      epoch: election.epoch,
      replica: election.replica,
      reason: election.reason,
      electedAtMs: election.electedAtMs,
      fromTimestampMs: election.fromTimestampMs,
      previousReplica: election.previous?.replica ?? null,
      previousReceivedAtMs: election.previous?.receivedAtMs ?? null,
      sourcePartition: source.partition,
      sourceOffset: source.offset,
    }),
  };
}

/** The record of `clusters` for a state. */
export function clusterOutput(
  topic: string,
  name: ClusterName,
  state: ClusterState,
  source: SourcePosition,
): OutgoingRecord {
  const elected = state.kind === 'elected' ? state : undefined;
  return {
    topic,
    partition: source.partition,
    key: clusterKey(name.tenant, name.cluster),
    ...clusterRecord.encode({
      tenant: name.tenant,
      cluster: name.cluster,
      epoch: state.epoch,
      replica: elected?.replica ?? null,
      electedAtMs: elected?.electedAtMs ?? null,
      receivedAtMs: elected?.receivedAtMs ?? null,
      fromTimestampMs: state.fromTimestampMs,
      sourceOffset: source.offset,
    }),
  };
}

/** Reads a record of `clusters`; a problem comes back as text. */
export function readCluster(record: Pick<LogRecord, 'value' | 'headers'>): StoredCluster | string {
  const decoded = clusterRecord.decode(record);
  if (!decoded.ok) return decoded.problem;
  const { tenant, cluster, sourceOffset } = decoded.value;
  return { tenant, cluster, sourceOffset, state: stateOf(decoded.value) };
}

function stateOf(stored: Cluster): ClusterState {
  const { epoch, replica, fromTimestampMs, electedAtMs, receivedAtMs } = stored;
  if (replica === null || electedAtMs === null || receivedAtMs === null) {
    return { kind: 'vacant', epoch, fromTimestampMs };
  }
  return {
    kind: 'elected',
    epoch,
    replica,
    electedAtMs,
    receivedAtMs,
    announcedAtMs: receivedAtMs,
    fromTimestampMs,
    replicas: [{ replica, lastRecordMs: receivedAtMs }],
  };
}

/** The lease of an elected cluster. */
export function leaseOf(
  name: ClusterName,
  state: Extract<ClusterState, { kind: 'elected' }>,
  owner: string,
): LeaseClaim {
  const { replica, epoch, electedAtMs, receivedAtMs } = state;
  return { cluster: clusterId(name.tenant, name.cluster), replica, epoch, owner, electedAtMs, receivedAtMs };
}
