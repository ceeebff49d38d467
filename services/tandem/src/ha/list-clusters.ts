import { type RecordReader } from '@tandem/stream';

import { clusterJson } from './cluster-json.ts';
import { type HaTopics } from './open-log-to-read.ts';
import { readClusters, type ClusterStanding } from './read-clusters.ts';
import { formatJson, unreadableNote, type Report } from './report.ts';
import { formatTable } from './table.ts';
import { formatSpan, formatTimeAndAge, NOTHING } from './times.ts';

/** What `tandem ha list` was asked. */
export interface ListQuery {
  readonly tenant: string | undefined;
  readonly json: boolean;
  /** For ages, Unix ms. */
  readonly nowMs: number;
}

const HEAD = ['TENANT', 'CLUSTER', 'ELECTED', 'EPOCH', 'ELECTED-SINCE', 'LAST-HEARD', 'FAILOVER-TIMEOUT', 'PARTITION'];

/** Every cluster of the log and who is elected in it. @throws {LogError} `unknown-topic` */
export async function listClusters(reader: RecordReader, topics: HaTopics, query: ListQuery): Promise<Report> {
  const { tenant, json, nowMs } = query;
  const read = await readClusters(reader, topics.clusters);
  const clusters = read.clusters.filter((cluster) => tenant === undefined || cluster.tenant === tenant);
  const notes = unreadableNote(topics.clusters, read.unreadable);
  if (json) return { text: formatJson(clusters.map(clusterJson)), notes };
  if (clusters.length === 0) {
    return { text: '', notes: [`no clusters${tenant === undefined ? '' : ' of this tenant'}`, ...notes] };
  }
  const rows = clusters.map((cluster) => rowOf(cluster, nowMs));
  return { text: formatTable(HEAD, rows), notes };
}

function rowOf(cluster: ClusterStanding, nowMs: number): readonly string[] {
  return [
    cluster.tenant,
    cluster.cluster,
    cluster.replica ?? NOTHING,
    String(cluster.epoch),
    formatTimeAndAge(cluster.electedAtMs, nowMs),
    formatTimeAndAge(cluster.receivedAtMs, nowMs),
    cluster.failoverTimeoutMs === null ? NOTHING : formatSpan(cluster.failoverTimeoutMs),
    String(cluster.partition),
  ];
}
