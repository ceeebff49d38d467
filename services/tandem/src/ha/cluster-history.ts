import { type RecordReader } from '@tandem/stream';

import { type ClusterQuery } from './cluster-name.ts';
import { electionJson } from './election-json.ts';
import { electionTable } from './election-table.ts';
import { findCluster } from './find-cluster.ts';
import { type HaTopics } from './open-log-to-read.ts';
import { readClusters } from './read-clusters.ts';
import { readElections } from './read-elections.ts';
import { formatJson, unreadableNote, type Report } from './report.ts';

/** What `tandem ha history` was asked. */
export interface HistoryQuery extends ClusterQuery {
  readonly json: boolean;
  /** How far back, ms; without it all that is kept. */
  readonly sinceMs: number | undefined;
  /** The most elections, the newest ones. */
  readonly limit: number;
  /** Unix ms. */
  readonly nowMs: number;
}

/**
 * The elections of a cluster, the oldest first.
 *
 * @throws {CommandExit} 1 where there is no such cluster, 2 where several tenants have one
 * @throws {LogError} `unknown-topic`
 */
export async function clusterHistory(reader: RecordReader, topics: HaTopics, query: HistoryQuery): Promise<Report> {
  const { sinceMs, nowMs, limit, json } = query;
  const from = sinceMs === undefined ? undefined : Math.max(0, nowMs - sinceMs);
  const read = await readElections(reader, topics.elections, { ...query, sinceMs: from });
  // A cluster may have had no election in what was read: that is not the same as there being no such cluster.
  const standing = await readClusters(reader, topics.clusters);
  const name = findCluster([...standing.clusters, ...read.names], query);
  const elections = read.elections.filter(({ tenant }) => tenant === name.tenant);
  const shown = elections.slice(-limit);
  const notes = [
    ...(elections.length === 0 ? ['no elections'] : []),
    ...(shown.length < elections.length
      ? [`the newest ${shown.length} of ${elections.length} elections: --limit shows more`]
      : []),
    ...unreadableNote(topics.elections, read.unreadable),
  ];
  if (json) return { text: formatJson(shown.map(electionJson)), notes };
  return { text: shown.length === 0 ? '' : electionTable(shown, nowMs), notes };
}
