import {
  clusterRecord,
  forgottenRecord,
  isSettings,
  senderRecord,
  shardRecord,
  type Cluster,
  type Sender,
} from '@tandem/records';
import { type LogRecord, type RecordReader } from '@tandem/stream';

import { type ClusterName } from './cluster-name.ts';
import { readTopic } from './read-topic.ts';
import { replicaStandings, type ReplicaStanding } from './replica-standing.ts';

/** Who is elected in a cluster, as it was last announced in the log. Times are log time, Unix ms. */
export interface ClusterStanding extends ClusterName {
  /** `null`: the cluster is vacant. */
  readonly replica: string | null;
  readonly epoch: number;
  readonly electedAtMs: number | null;
  readonly receivedAtMs: number | null;
  /** How long the elected replica may be silent, ms; `null`: vacant. */
  readonly failoverTimeoutMs: number | null;
  /** The replicas heard, and how well they did when it was announced. */
  readonly replicas: readonly ReplicaStanding[];
  /** Sample time from which the epoch answers; `null`: from the beginning of time. */
  readonly fromTimestampMs: number | null;
  readonly partition: number;
  /** Shards it is spread over; 1: it is not. */
  readonly shards: number;
  /** Offset of the record it was announced for: of samples, or of heartbeats where it is spread. */
  readonly sourceOffset: number;
  /** What is filled, because the elected replica cannot scrape it; `null`: nothing. */
  readonly fill: ClusterFill | null;
}

/** Targets that are filled from a standby. */
export interface ClusterFill {
  readonly standby: string;
  /** How many there are. */
  readonly targets: number;
  /** Since when the term has been open, log time, Unix ms: five minutes at most. */
  readonly sinceMs: number;
}

/** All clusters of the log. */
export interface ClustersRead {
  /** By tenant, then by cluster. */
  readonly clusters: readonly ClusterStanding[];
  /** Senders whose series are of no pair, by tenant. */
  readonly senders: readonly Sender[];
  /** Clusters whose newest record cannot be read: they are left out, for what was before it no longer holds. */
  readonly unreadable: number;
}

/** Reads the topic `clusters` to the barrier. @throws {LogError} `unknown-topic` */
export async function readClusters(reader: RecordReader, topic: string): Promise<ClustersRead> {
  const newest = new Map<string, ClusterStanding | 'unreadable'>();
  const senders = new Map<string, Sender>();
  const apply = (record: LogRecord, partition: number): void => {
    if (isSettings(record.headers) || forgottenRecord.is(record.headers)) return;
    // The shards of a spread cluster are written down beside it; one cluster, one standing.
    if (shardRecord.is(record.headers)) return;
    const key = `${partition}/${keyText(record.key)}`;
    if (record.value === null) {
      newest.delete(key);
      senders.delete(key);
    } else if (senderRecord.is(record.headers)) {
      const decoded = senderRecord.decode(record);
      if (decoded.ok) senders.set(key, decoded.value);
    } else newest.set(key, standingOf(record, partition) ?? 'unreadable');
  };
  await readTopic(reader, { topic, apply });
  const readable = [...newest.values()].filter((cluster) => cluster !== 'unreadable');
  // Epoch 0: it is forgotten, but for what is still read of it.
  const clusters = readable.filter(({ epoch }) => epoch > 0);
  const named = [...senders.values()].toSorted((a, b) => compare(a.tenant, b.tenant));
  return { clusters: clusters.toSorted(byName), senders: named, unreadable: newest.size - readable.length };
}

function standingOf(record: LogRecord, partition: number): ClusterStanding | undefined {
  const decoded = clusterRecord.decode(record);
  if (!decoded.ok) return undefined;
  const { tenant, cluster, replica, epoch, electedAtMs, receivedAtMs, ...rest }: Cluster = decoded.value;
  const { fromTimestampMs, sourceOffset, shards, failoverTimeoutMs } = rest;
  return {
    tenant,
    cluster,
    replica,
    epoch,
    electedAtMs,
    receivedAtMs,
    failoverTimeoutMs,
    replicas: replicaStandings(decoded.value),
    fromTimestampMs,
    partition,
    shards,
    sourceOffset,
    fill: fillOf(decoded.value),
  };
}

function fillOf({ fills, epoch }: Pick<Cluster, 'fills' | 'epoch'>): ClusterFill | null {
  const steps = fills.filter((step) => step.epoch === epoch);
  const term = steps.slice(steps.findLastIndex(({ kind }) => kind === 'open'));
  const [open] = term;
  if (open?.kind !== 'open' || term.some(({ kind }) => kind === 'close')) return null;
  return { standby: open.standby, targets: term.flatMap(({ targets }) => targets).length, sinceMs: open.atMs };
}

const latin1 = new TextDecoder('latin1');

/** Keys are bytes; Latin-1 maps each byte to one character, so no two keys meet. */
function keyText(key: Uint8Array | null): string {
  return key === null ? '' : latin1.decode(key);
}

function byName(a: ClusterName, b: ClusterName): number {
  return compare(a.tenant, b.tenant) || compare(a.cluster, b.cluster);
}

/** By code unit, so that the order is the same in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
