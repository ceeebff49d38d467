import { type Election } from '@tandem/records';
import { type RecordReader } from '@tandem/stream';

import { clusterJson } from './cluster-json.ts';
import { type ClusterQuery } from './cluster-name.ts';
import { electionJson } from './election-json.ts';
import { electionTable } from './election-table.ts';
import { findCluster } from './find-cluster.ts';
import { type HaTopics } from './open-log-to-read.ts';
import { readClusters, type ClusterStanding } from './read-clusters.ts';
import { readElections } from './read-elections.ts';
import { formatJson, unreadableNote, type Report } from './report.ts';
import { verdictText, type ReplicaStanding } from './replica-standing.ts';
import { formatFields, formatTable } from './table.ts';
import { formatSpan, formatTime, formatTimeAndAge, NOTHING } from './times.ts';

/** What `tandem ha show` was asked. */
export interface ShowQuery extends ClusterQuery {
  readonly json: boolean;
  /** For ages, Unix ms. */
  readonly nowMs: number;
}

/** How many elections are shown. */
const ELECTIONS = 5;

/**
 * A cluster and its newest elections.
 *
 * @throws {CommandExit} 1 where there is no such cluster, 2 where several tenants have one
 * @throws {LogError} `unknown-topic`
 */
export async function showCluster(reader: RecordReader, topics: HaTopics, query: ShowQuery): Promise<Report> {
  const { json, nowMs } = query;
  const { clusters, unreadable } = await readClusters(reader, topics.clusters);
  const name = findCluster(clusters, query);
  const shown = clusters.filter(({ tenant, cluster }) => tenant === name.tenant && cluster === name.cluster);
  const read = await readElections(reader, topics.elections, name);
  const elections = read.elections.slice(-ELECTIONS);
  const notes = [...unreadableNote(topics.clusters, unreadable), ...unreadableNote(topics.elections, read.unreadable)];
  if (json) {
    const [standing] = shown.map(clusterJson);
    return { text: formatJson({ ...standing, elections: elections.map(electionJson) }), notes };
  }
  const standing = shown.flatMap((cluster) => [
    formatFields(fieldsOf(cluster, nowMs)),
    ...replicasText(cluster, nowMs),
  ]);
  return { text: [...standing, formatElections(elections, nowMs)].join('\n\n'), notes };
}

function fieldsOf(cluster: ClusterStanding, nowMs: number): readonly (readonly [name: string, value: string])[] {
  return [
    ['cluster', cluster.cluster],
    ['tenant', cluster.tenant],
    ['elected', cluster.replica ?? `${NOTHING} (vacant: it fell silent)`],
    ['epoch', String(cluster.epoch)],
    ['elected since', formatTimeAndAge(cluster.electedAtMs, nowMs)],
    ['last heard', formatTimeAndAge(cluster.receivedAtMs, nowMs)],
    ['failover timeout', cluster.failoverTimeoutMs === null ? NOTHING : formatSpan(cluster.failoverTimeoutMs)],
    ['samples from', formatTime(cluster.fromTimestampMs)],
    ['filled', fillText(cluster.fill, nowMs)],
    ...(cluster.shards > 1 ? [['shards', `${cluster.shards}, elected from heartbeats`] as const] : []),
    ['partition/offset', `${cluster.partition}/${cluster.sourceOffset}`],
  ];
}

function fillText(fill: ClusterStanding['fill'], nowMs: number): string {
  if (fill === null) return NOTHING;
  const { standby, targets, sinceMs } = fill;
  return `${targets === 1 ? '1 target' : `${targets} targets`} from ${standby}, since ${formatTimeAndAge(sinceMs, nowMs)}`;
}

const REPLICAS_HEAD = ['REPLICA', 'LAST-RECORD', 'LAG', 'SAMPLES', 'TARGETS-UP', 'SCORE', 'VERDICT'];

function replicasText({ replicas }: ClusterStanding, nowMs: number): readonly string[] {
  if (replicas.length === 0) return [];
  return [
    formatTable(
      REPLICAS_HEAD,
      replicas.map((replica) => replicaRow(replica, nowMs)),
    ),
  ];
}

function replicaRow(standing: ReplicaStanding, nowMs: number): readonly string[] {
  const { replica, lastRecordMs, lagMs, ...scores } = standing;
  return [
    replica,
    formatTimeAndAge(lastRecordMs, nowMs),
    lagMs === null ? NOTHING : formatSpan(lagMs),
    percent(scores.completeness),
    percent(scores.targetsUp),
    scores.score.toFixed(2),
    verdictText(standing),
  ];
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function formatElections(elections: readonly Election[], nowMs: number): string {
  if (elections.length === 0) return 'No election of it is kept in the log.';
  return `Newest elections:\n\n${electionTable(elections, nowMs)}`;
}
