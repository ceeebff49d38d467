import { EXIT_CODES } from '@tandem/lifecycle';
import { type Election } from '@tandem/records';

import { CommandExit } from '../config/command-exit.ts';
import { type ClusterName } from './cluster-name.ts';
import { placeOfCluster } from './cluster-place.ts';
import { explanationJson, explanationText } from './explanation-report.ts';
import { judgeCopies, unmatchedOf, type Explanation } from './explanation.ts';
import { findCluster } from './find-cluster.ts';
import { FoundSeries } from './found-series.ts';
import { type HaLog, type HaTopics } from './open-log-to-read.ts';
import { readClusters, type ClusterStanding } from './read-clusters.ts';
import { readElections } from './read-elections.ts';
import { readSeries, type SeriesRead } from './read-series.ts';
import { unreadableNote, type Report } from './report.ts';
import { formatSeries, type Matchers } from './series-selector.ts';
import { printable } from './table.ts';
import { isWholeSeries, shardsOfSeries } from './shards-of-series.ts';
import { shardTurns } from './shard-turns.ts';
import { type Evidence } from './verdict.ts';

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
 * Says of every copy of a series' samples near a time what became of it. Of a spread cluster the shard of the series is read, and
 * the barriers in it say who was elected.
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
  // Before samples are read: the barriers of these elections are among them.
  const elected = await readElections(log, topics.elections, name);
  const looked = await lookIn(await placesOf(log, topics, { name, clusters: standing.clusters, matchers, settings }), {
    matchers,
    look: (place) => look(log, topics, { ...query, name, place, settings }),
  });
  const { found, read, place } = looked;
  const turns = turnsOf(looked, standingOf(standing.clusters, name), elected.elections);
  const { outputs } = found;
  const shown = outputs.filter(({ timestampMs }) => Math.abs(timestampMs - timeMs) <= windowMs);
  const { reached, dedupedGoesOn } = read;
  const { seamWindowMs } = settings;
  const evidence = { ...turns.evidence, outputs, position: looked.position, reached, dedupedGoesOn, seamWindowMs };
  const explanation: Explanation = {
    name,
    partition: place.partition,
    shard: place.shard ?? null,
    series: found.names[0] ?? formatSeries(Array.from(matchers, ([label, value]) => ({ name: label, value }))),
    timeMs,
    windowMs,
    copies: judgeCopies(found.copies, evidence),
    unmatched: unmatchedOf(shown, found.copies, read.samples),
    elections: turns.told,
  };
  const notes = [
    ...unreadableNote(topics.clusters, standing.unreadable),
    ...unreadableNote(topics.elections, elected.unreadable),
    ...undecodableNote(topics.samples, read.unreadable.samples),
    ...undecodableNote(topics.deduped, read.unreadable.deduped),
  ];
  return { text: json ? explanationJson(explanation) : explanationText(explanation), notes };
}

/** A partition of `samples` in which a series may be. */
interface SearchPlace {
  readonly partition: number;
  /** `undefined`: the cluster is not spread. */
  readonly shard: number | undefined;
}

/** What was found in one. */
interface Looked {
  readonly place: SearchPlace;
  /** Offset of the first record that dedup has not committed there. */
  readonly position: number | undefined;
  readonly found: FoundSeries;
  readonly read: SeriesRead;
}

interface PlacesQuery {
  readonly name: ClusterName;
  readonly clusters: readonly ClusterStanding[];
  readonly matchers: Matchers;
  readonly settings: ExplainSettings;
}

async function placesOf(
  log: HaLog,
  topics: HaTopics,
  { name, clusters, matchers, settings }: PlacesQuery,
): Promise<readonly [SearchPlace, ...SearchPlace[]]> {
  const { shards, partition } = placeOfCluster(clusters, name);
  if (shards === 1) return [{ partition, shard: undefined }];
  const partitions = await log.partitions(topics.samples);
  return shardsOfSeries(name, matchers, { shards, partitions, replicaLabel: settings.replicaLabel });
}

interface LookQuery extends ExplainQuery {
  readonly name: ClusterName;
  readonly place: SearchPlace;
  readonly settings: ExplainSettings;
}

async function look(log: HaLog, topics: HaTopics, { place, settings, ...query }: LookQuery): Promise<Looked> {
  const { group, replicaLabel, maxDecodedBytes } = settings;
  // Before deduped is read: what was committed by then is in what is read.
  const position = await log.committed(group, topics.samples, place.partition);
  const found = new FoundSeries({ matchers: query.matchers, replicaLabel });
  const read = await readSeries(log, { ...query, ...place, topics, maxDecodedBytes, found });
  return { place, position, found, read };
}

/**
 * Looks in one place after the other, to the one that has the series of just these labels, or through all of them.
 *
 * @throws {CommandExit} 2 where several series match
 */
async function lookIn(
  [first, ...others]: readonly [SearchPlace, ...SearchPlace[]],
  { matchers, look }: { readonly matchers: Matchers; readonly look: (place: SearchPlace) => Promise<Looked> },
): Promise<Looked> {
  let looked = await look(first);
  const names = new Set(looked.found.names);
  for (const place of others) {
    if ([...names].some((series) => isWholeSeries(series, matchers))) break;
    const next = await look(place);
    if (names.size === 0 && next.found.names.length > 0) looked = next;
    for (const series of next.found.names) names.add(series);
  }
  if (names.size > 1) throw new CommandExit(EXIT_CODES.usage, severalSeries([...names].toSorted()));
  return looked;
}

/** Who was elected: by the records of `samples` that decided, or by the barriers of a shard. */
function turnsOf(
  { place, read }: Looked,
  standing: ClusterStanding | undefined,
  elections: readonly Election[],
): { readonly told: readonly Election[]; readonly evidence: Pick<Evidence, 'elections' | 'ends'> } {
  if (place.shard === undefined) {
    const ofPartition = elections.filter(({ sourcePartition }) => sourcePartition === place.partition);
    return { told: ofPartition, evidence: { elections: ofPartition } };
  }
  const { elections: told, ends } = shardTurns(read.barriers, { elections, standing, fromMs: read.fromMs });
  // A seam of a shard is open from its barrier on.
  const effective = told.map((election) => ({ ...election, electedAtMs: election.effectiveMs }));
  return { told, evidence: { elections: effective, ends } };
}

function standingOf(clusters: readonly ClusterStanding[], name: ClusterName): ClusterStanding | undefined {
  return clusters.find(
    ({ tenant, cluster, shards }) => tenant === name.tenant && cluster === name.cluster && shards > 1,
  );
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
