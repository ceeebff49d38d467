import {
  type ClusterState,
  type ElectedState,
  type Election,
  type LeaseClaim,
  type ReplicaSight,
  type SenderReport,
} from '@tandem/election';
import { clusterId, clusterKey, clusterRecord, electionRecord, type Cluster } from '@tandem/records';
import { type LogRecord, type OutgoingRecord } from '@tandem/stream';

import { type StoredFills } from './fill/cluster-fills.ts';
import { fillsOf } from './fill/stored-fills.ts';
import { type OpenSeam } from './seam/open-seam.ts';

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
export interface StoredCluster extends ClusterName, StoredFills {
  readonly state: ClusterState;
  /** Shards it is spread over; 1: it is not. */
  readonly shards: number;
  /** Seams that are open, oldest first. */
  readonly seams: readonly OpenSeam[];
  /** Offset of the samples record it was written for. */
  readonly sourceOffset: number;
}

/** A cluster as it is to be written down. */
export interface WrittenCluster extends Omit<StoredCluster, 'sourceOffset'> {
  /** How long the elected replica may be silent now, ms; `null` when vacant. For people: it is not read back. */
  readonly failoverTimeoutMs: number | null;
  /** What is said of its senders. For people, as well. */
  readonly verdicts: readonly SenderReport[];
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
      previousHighTimestampMs: election.previous?.highTimestampMs ?? null,
      detail: election.detail ?? null,
      sourcePartition: source.partition,
      sourceOffset: source.offset,
    }),
  };
}

/** The record of `clusters` for a state. */
export function clusterOutput(
  topic: string,
  { state, seams, fills, watch, shards, failoverTimeoutMs, verdicts, ...name }: WrittenCluster,
  source: SourcePosition,
): OutgoingRecord {
  const { epoch, fromTimestampMs, heardAtMs } = state;
  return {
    topic,
    partition: source.partition,
    key: clusterKey(name.tenant, name.cluster),
    ...clusterRecord.encode({
      ...name,
      epoch,
      fromTimestampMs,
      heardAtMs,
      ...(state.kind === 'elected' ? standingOf(state) : VACANT),
      failoverTimeoutMs,
      sourceOffset: source.offset,
      seams,
      fills,
      watch,
      shards,
      verdicts,
    }),
  };
}

const VACANT = {
  replica: null,
  electedAtMs: null,
  receivedAtMs: null,
  silentMs: 0,
  pinned: false,
  activeMs: 0,
  handedOverAtMs: null,
  replicas: [],
};

function standingOf(state: ElectedState) {
  const { replica, electedAtMs, receivedAtMs, silentMs, pinned, activeMs, handedOverAtMs } = state;
  const replicas = state.replicas.map((sight) => ({ ...sight, highTimestampMs: sight.highTimestampMs ?? null }));
  return { replica, electedAtMs, receivedAtMs, silentMs, pinned, activeMs, handedOverAtMs, replicas };
}

/** Reads a record of `clusters`; a problem comes back as text. */
export function readCluster(record: Pick<LogRecord, 'value' | 'headers'>): StoredCluster | string {
  const decoded = clusterRecord.decode(record);
  if (!decoded.ok) return decoded.problem;
  const { tenant, cluster, sourceOffset, seams, shards } = decoded.value;
  return { tenant, cluster, sourceOffset, seams, shards, ...fillsOf(decoded.value), state: stateOf(decoded.value) };
}

function stateOf(stored: Cluster): ClusterState {
  const { epoch, replica, fromTimestampMs, electedAtMs, receivedAtMs, silentMs, pinned } = stored;
  if (replica === null || electedAtMs === null || receivedAtMs === null) {
    return { kind: 'vacant', epoch, fromTimestampMs, heardAtMs: stored.heardAtMs ?? 0 };
  }
  return {
    kind: 'elected',
    epoch,
    replica,
    electedAtMs,
    receivedAtMs,
    heardAtMs: stored.heardAtMs ?? receivedAtMs,
    silentMs,
    pinned,
    announcedAtMs: stored.heardAtMs ?? receivedAtMs,
    fromTimestampMs,
    activeMs: stored.activeMs,
    handedOverAtMs: stored.handedOverAtMs,
    replicas: stored.replicas.map(sightOf),
  };
}

function sightOf({ highTimestampMs, ...sight }: Cluster['replicas'][number]): ReplicaSight {
  return highTimestampMs === null ? sight : { ...sight, highTimestampMs };
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
