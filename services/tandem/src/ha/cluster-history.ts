import { type RecordReader } from '@tandem/stream';

import { type ClusterQuery } from './cluster-name.ts';
import { placeOfCluster } from './cluster-place.ts';
import { findCluster } from './find-cluster.ts';
import { historyJson, historyText } from './history-report.ts';
import { type HaTopics } from './open-log-to-read.ts';
import { readClusters } from './read-clusters.ts';
import { readElections } from './read-elections.ts';
import { readSettingsNotes } from './read-settings.ts';
import { unreadableNote, type Report } from './report.ts';
import { inTheirPlaces, settingsEvents } from './settings-events.ts';

/** What `tandem ha history` was asked. */
export interface HistoryQuery extends ClusterQuery {
  readonly json: boolean;
  /** How far back, ms; without it all that is kept. */
  readonly sinceMs: number | undefined;
  /** The most elections and changes of settings, the newest ones. */
  readonly limit: number;
  /** Unix ms. */
  readonly nowMs: number;
}

/**
 * The elections of a cluster, and the settings that came to its partition in their places, the oldest first.
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
  const place = placeOfCluster(standing.clusters, name);
  const noted = await readSettingsNotes(reader, topics.commands, place);
  const settings = settingsEvents(name, place, noted.notes).filter(({ notedMs }) => notedMs >= (from ?? 0));
  const events = inTheirPlaces(elections, settings);
  const shown = events.slice(-limit);
  const notes = [
    ...(elections.length === 0 ? ['no elections'] : []),
    ...(shown.length < events.length ? [cutNote(shown.length, events.length, settings.length)] : []),
    ...unreadableNote(topics.elections, read.unreadable),
    ...unreadableNote(topics.commands, noted.unreadable),
  ];
  if (json) return { text: historyJson(shown), notes };
  return { text: shown.length === 0 ? '' : historyText(shown, nowMs), notes };
}

function cutNote(shown: number, all: number, settings: number): string {
  const what = settings === 0 ? 'elections' : 'elections and settings';
  return `the newest ${shown} of ${all} ${what}: --limit shows more`;
}
