import { EXIT_CODES } from '@tandem/lifecycle';

import { CommandExit } from '../config/command-exit.ts';
import { explanationJson, explanationText } from './explanation-report.ts';
import { judgeCopies, unmatchedOf, type Explanation } from './explanation.ts';
import { findCluster } from './find-cluster.ts';
import { FoundSeries } from './found-series.ts';
import { type HaLog, type HaTopics } from './open-log-to-read.ts';
import { partitionOfCluster } from './partition-of-cluster.ts';
import { readClusters } from './read-clusters.ts';
import { readElections } from './read-elections.ts';
import { readSeries } from './read-series.ts';
import { unreadableNote, type Report } from './report.ts';
import { formatSeries, type Matchers } from './series-selector.ts';
import { printable } from './table.ts';
import { requireUnspread } from './unspread.ts';

/** What `tandem ha explain` was asked. */
export interface ExplainQuery {
  readonly tenant: string | undefined;
  readonly json: boolean;
  readonly matchers: Matchers;
  /** Unix ms. */
  readonly timeMs: number;
  /** Samples so far before and after it are shown, ms. */
  readonly windowMs: number;
  /** Records appended until so long after it are read, ms. */
  readonly searchMs: number;
}

/** What of the configuration matters to it. */
export interface ExplainSettings {
  readonly clusterLabel: string;
  readonly replicaLabel: string;
  /** Dedup's consumer group. */
  readonly group: string;
  readonly seamWindowMs: number;
  readonly maxDecodedBytes: number;
}

/** The most series that are listed. */
const MAX_LISTED = 20;

/**
 * Says of every copy of a series' samples near a time what became of it.
 *
 * @throws {CommandExit} 1 where there is no such cluster, 2 where the matchers do not tell which cluster or which series
 * @throws {LogError} `unknown-topic`
 */
export async function explainSeries(
  log: HaLog,
  topics: HaTopics,
  query: ExplainQuery,
  settings: ExplainSettings,
): Promise<Report> {
  const { matchers, timeMs, windowMs, json } = query;
  const cluster = clusterOf(matchers, settings);
  const standing = await readClusters(log, topics.clusters);
  const name = findCluster(standing.clusters, { tenant: query.tenant, cluster });
  requireUnspread(standing.clusters, name, 'ha explain');
  const partition = partitionOfCluster(standing.clusters, name);
  // Before deduped is read: what was committed by then is in what is read.
  const position = await log.committed(settings.group, topics.samples, partition);
  const found = new FoundSeries({ matchers, replicaLabel: settings.replicaLabel });
  const { maxDecodedBytes, seamWindowMs } = settings;
  const read = await readSeries(log, { ...query, topics, name, partition, maxDecodedBytes, found });
  const elected = await readElections(log, topics.elections, name);
  const elections = elected.elections.filter(({ sourcePartition }) => sourcePartition === partition);
  if (found.names.length > 1) throw new CommandExit(EXIT_CODES.usage, severalSeries(found.names));
  const { outputs } = found;
  const { reached, dedupedGoesOn } = read;
  const shown = outputs.filter(({ timestampMs }) => Math.abs(timestampMs - timeMs) <= windowMs);
  const explanation: Explanation = {
    name,
    partition,
    series: found.names[0] ?? formatSeries(Array.from(matchers, ([label, value]) => ({ name: label, value }))),
    timeMs,
    windowMs,
    copies: judgeCopies(found.copies, { elections, outputs, position, reached, dedupedGoesOn, seamWindowMs }),
    unmatched: unmatchedOf(shown, found.copies, read.samples),
    elections,
  };
  const notes = [
    ...unreadableNote(topics.clusters, standing.unreadable),
    ...unreadableNote(topics.elections, elected.unreadable),
    ...undecodableNote(topics.samples, read.unreadable.samples),
    ...undecodableNote(topics.deduped, read.unreadable.deduped),
  ];
  return { text: json ? explanationJson(explanation) : explanationText(explanation), notes };
}

function clusterOf(matchers: Matchers, { clusterLabel, replicaLabel }: ExplainSettings): string {
  const cluster = matchers.get(clusterLabel) ?? '';
  const label = JSON.stringify(clusterLabel);
  if (cluster === '') {
    throw new CommandExit(EXIT_CODES.usage, `SERIES must name the cluster: a matcher of the label ${label} is missing`);
  }
  if (matchers.has(replicaLabel)) {
    const replica = JSON.stringify(replicaLabel);
    throw new CommandExit(EXIT_CODES.usage, `SERIES must not name a replica (label ${replica}): all of them are shown`);
  }
  return cluster;
}

function severalSeries(names: readonly string[]): string {
  const listed = names.slice(0, MAX_LISTED).map((name) => `  ${printable(name)}`);
  const more = names.length > MAX_LISTED ? [`  … and ${names.length - MAX_LISTED} more`] : [];
  return [
    `several series match: more matchers are needed (label="" matches series without the label)`,
    ...listed,
    ...more,
  ].join('\n');
}

function undecodableNote(topic: string, count: number): readonly string[] {
  if (count === 0) return [];
  return [`${count === 1 ? '1 record' : `${count} records`} of ${topic} cannot be decoded, and passed over`];
}
