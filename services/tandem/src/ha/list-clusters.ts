import { type RecordReader } from '@tandem/stream';

import { clusterJson } from './cluster-json.ts';
import { type HaTopics } from './open-log-to-read.ts';
import { readClusters, type ClusterStanding } from './read-clusters.ts';
import { verdictText } from './replica-standing.ts';
import { formatJson, unreadableNote, type Report } from './report.ts';
import { senderJson, senderStanding, type SenderStanding } from './sender-standing.ts';
import { formatTable } from './table.ts';
import { formatSpan, formatTimeAndAge, NOTHING } from './times.ts';

/** What `tandem ha list` was asked. */
export interface ListQuery {
  readonly tenant: string | undefined;
  readonly json: boolean;
  /** For ages, Unix ms. */
  readonly nowMs: number;
}

const HEAD = [
  'TENANT',
  'CLUSTER',
  'ELECTED',
  'EPOCH',
  'ELECTED-SINCE',
  'LAST-HEARD',
  'FAILOVER-TIMEOUT',
  'PARTITION',
  'SENDERS',
];
const SENDERS_HEAD = ['TENANT', 'CLUSTER', 'REPLICA', 'VERDICT', 'SINCE', 'LAST-HEARD'];

/** Every cluster of the log and who is elected in it, and the senders that are of none. @throws {LogError} `unknown-topic` */
export async function listClusters(reader: RecordReader, topics: HaTopics, query: ListQuery): Promise<Report> {
  const { tenant, json, nowMs } = query;
  const read = await readClusters(reader, topics.clusters);
  const isAsked = (of: { readonly tenant: string }): boolean => tenant === undefined || of.tenant === tenant;
  const clusters = read.clusters.filter(isAsked);
  const senders = read.senders.filter(isAsked).flatMap((sender) => senderStanding(sender, nowMs) ?? []);
  const notes = unreadableNote(topics.clusters, read.unreadable);
  if (json) return { text: formatJson([...clusters.map(clusterJson), ...senders.map(senderJson)]), notes };
  const tables = [
    ...(clusters.length === 0
      ? []
      : [
          formatTable(
            HEAD,
            clusters.map((cluster) => rowOf(cluster, nowMs)),
          ),
        ]),
    ...(senders.length === 0 ? [] : [sendersText(senders, nowMs)]),
  ];
  if (clusters.length === 0) {
    return {
      text: tables.join('\n\n'),
      notes: [`no clusters${tenant === undefined ? '' : ' of this tenant'}`, ...notes],
    };
  }
  return { text: tables.join('\n\n'), notes };
}

function sendersText(senders: readonly SenderStanding[], nowMs: number): string {
  const rows = senders.map(({ tenant, cluster, replica, verdict, sinceMs, heardAtMs }) => {
    const heard = [formatTimeAndAge(sinceMs, nowMs), formatTimeAndAge(heardAtMs, nowMs)];
    return [tenant, cluster ?? NOTHING, replica ?? NOTHING, verdict, ...heard];
  });
  return `Senders whose series are not deduplicated:\n\n${formatTable(SENDERS_HEAD, rows)}`;
}

/** What is to be said of the senders of a cluster: of those that are not ok, by name. */
function verdictsOf({ replicas }: ClusterStanding): string {
  const told = replicas.filter(({ verdict }) => verdict !== null);
  const wrong = told.filter(({ verdict }) => verdict !== 'ok');
  if (wrong.length === 0) return told.length === 0 ? NOTHING : 'ok';
  return wrong.map((replica) => `${replica.replica}: ${verdictText(replica)}`).join(', ');
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
    verdictsOf(cluster),
  ];
}
