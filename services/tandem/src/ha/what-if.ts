import {
  checkElectionSettings,
  DEFAULT_ELECTION_SETTINGS,
  DEFAULT_LEARNED_TIMEOUT,
  type ElectionSettings,
} from '@tandem/election';
import { clusterId, type Election } from '@tandem/records';
import { type RecordReader } from '@tandem/stream';

import { type ClusterQuery } from './cluster-name.ts';
import { ElectionReplay } from './election-replay.ts';
import { findCluster } from './find-cluster.ts';
import { wasPinned } from './given-command.ts';
import { type HaTopics } from './open-log-to-read.ts';
import { partitionOfCluster } from './partition-of-cluster.ts';
import { readClusters } from './read-clusters.ts';
import { readElections } from './read-elections.ts';
import { settingsInForce, type InForce } from './settings-in-force.ts';
import { replaySamples, type ProgressListener, type ReplayRead } from './replay-samples.ts';
import { unreadableNote, type Report } from './report.ts';
import { formatTime } from './times.ts';
import { requireUnspread } from './unspread.ts';
import { whatIfJson, whatIfText, type WhatIf } from './what-if-report.ts';

/** What `tandem ha whatif` was asked. */
export interface WhatIfQuery extends ClusterQuery {
  readonly json: boolean;
  /** How far back, ms. */
  readonly rangeMs: number;
  /** Unix ms. */
  readonly nowMs: number;
  /** The settings the configuration has for a cluster (its name with the tenant): where none are in force yet. */
  readonly settingsOf: (tenant: string, cluster: string) => ElectionSettings;
  /** What to replay with in their place. */
  readonly instead: Instead;
  readonly onProgress: ProgressListener;
}

/**
 * Replays the headers of `samples` with the settings in force and with other ones: what would have been
 * elected.
 *
 * @throws {CommandExit} 1 where there is no such cluster, 2 where several tenants have one
 * @throws {LogError} `unknown-topic`
 */
export async function whatIf(reader: RecordReader, topics: HaTopics, query: WhatIfQuery): Promise<Report> {
  const { nowMs, rangeMs, onProgress } = query;
  const standing = await readClusters(reader, topics.clusters);
  const name = requireUnspread(standing.clusters, findCluster(standing.clusters, query), 'ha whatif');
  const cluster = clusterId(name.tenant, name.cluster);
  const partition = partitionOfCluster(standing.clusters, name);
  const inForce = await settingsInForce(reader, topics.clusters, partition);
  const configured = (inForce?.settingsOf ?? query.settingsOf)(name.tenant, cluster);
  const other = settingsInstead(configured, query.instead);
  const read = await readElections(reader, topics.elections, name);
  const elections = read.elections.filter(({ sourcePartition }) => sourcePartition === partition);
  const fromMs = Math.max(0, nowMs - rangeMs);
  const { end, start } = await reader.bounds(topics.samples, partition);
  const judgedFrom = await reader.offsetAt(topics.samples, partition, fromMs);
  const elected = elections.findLast(({ electedAtMs }) => electedAtMs < fromMs);
  const sinceMs = Math.max(0, fromMs - longestMemoryMs(configured, other));
  const from =
    elected === undefined
      ? judgedFrom
      : await recallFrom(reader, { topic: topics.samples, partition, elected, sinceMs });
  const pinned =
    elected !== undefined &&
    (await wasPinned(reader, topics.commands, { ...name, epoch: elected.epoch, beforeOffset: judgedFrom }));
  const replayOf = (settings: ElectionSettings): ElectionReplay => {
    const replay = new ElectionReplay(settings);
    if (elected !== undefined) replay.begin({ tenant: name.tenant, cluster }, { ...elected, pinned }, sinceMs);
    return replay;
  };
  const asConfigured = replayOf(configured);
  const asAsked = replayOf(other);
  const replayed = await replaySamples(reader, {
    ...name,
    topic: topics.samples,
    partition,
    from: Math.min(Math.max(from, start), judgedFrom),
    judgedFrom,
    until: end,
    replays: [asConfigured, asAsked],
    onProgress,
  });
  const result: WhatIf = {
    name,
    partition,
    fromMs,
    untilMs: nowMs,
    read: replayed,
    electedAtStart: elected === undefined ? null : { replica: elected.replica, epoch: elected.epoch, pinned },
    configured: { settings: configured, outcome: asConfigured.outcome() },
    other: { settings: other, outcome: asAsked.outcome() },
  };
  const inRange = elections.filter(({ electedAtMs }) => electedAtMs >= fromMs).length;
  const notes = [
    ...[...notesOf(result, start === judgedFrom), ...changedNote(inForce, judgedFrom)],
    ...differsFromLog(result, inRange),
    ...unreadableNote(topics.clusters, standing.unreadable),
    ...unreadableNote(topics.elections, read.unreadable),
    ...unreadableNote(topics.samples, replayed.unreadable),
  ];
  return { text: query.json ? whatIfJson(result) : whatIfText(result), notes };
}

/** Settings to replay with; what is not said is as configured. */
export interface Instead extends Partial<Pick<ElectionSettings, 'failoverSampleTimeoutMs'>> {
  readonly failoverTimeoutMs?: number | 'auto';
  /** Whether living replicas are succeeded by better ones. */
  readonly handover?: boolean;
}

function settingsInstead(
  configured: ElectionSettings,
  { failoverTimeoutMs, handover, ...more }: Instead,
): ElectionSettings {
  return {
    ...configured,
    ...more,
    ...(failoverTimeoutMs === undefined ? {} : timeoutOf(configured, failoverTimeoutMs)),
    ...(handover === undefined ? {} : { handover: { ...configured.handover, enabled: handover } }),
  };
}

function timeoutOf({ learned }: ElectionSettings, timeout: number | 'auto') {
  if (timeout !== 'auto') return { failoverTimeoutMs: timeout, learned: null };
  const { failoverTimeoutMs } = DEFAULT_ELECTION_SETTINGS;
  return { failoverTimeoutMs, learned: learned ?? DEFAULT_LEARNED_TIMEOUT };
}

/** How long before a record something may have happened that matters to what it decides, ms. */
function longestMemoryMs(...settings: readonly ElectionSettings[]): number {
  return Math.max(
    ...settings.flatMap(({ failoverTimeoutMs, idleTimeoutMs, handover }) => [
      failoverTimeoutMs,
      idleTimeoutMs,
      handover.coolDownMs,
    ]),
  );
}

interface RecallStart {
  readonly topic: string;
  readonly partition: number;
  readonly elected: Election;
  readonly sinceMs: number;
}

/** From where what was heard is recalled: behind the election, but no farther back than matters. */
async function recallFrom(reader: RecordReader, { topic, partition, elected, sinceMs }: RecallStart): Promise<number> {
  const since = await reader.offsetAt(topic, partition, sinceMs);
  return elected.electedAtMs >= sinceMs ? Math.max(since, elected.sourceOffset + 1) : since;
}

function notesOf({ electedAtStart, read, other }: WhatIf, fromOldest: boolean): readonly string[] {
  const notes: string[] = [];
  if (electedAtStart === null) {
    notes.push('nobody is known to have been elected when the range begins: its first record with samples elects');
  }
  if (read.judged === 0) notes.push('no record of the cluster is in the range: --range reaches farther back');
  else if (fromOldest) notes.push(`records are kept from ${formatTime(read.firstMs)} on: nothing before was replayed`);
  notes.push(...lostNote(read));
  const problem = checkElectionSettings(other.settings);
  if (problem !== undefined) {
    notes.push(
      `a start would refuse these settings: ${KEY_OF[problem.setting] ?? problem.setting}: ${problem.problem}`,
    );
  }
  return notes;
}

/** Keys of the settings that the two replays may differ in, and of those they are checked against. */
const KEY_OF: Readonly<Partial<Record<keyof ElectionSettings, string>>> = {
  failoverTimeoutMs: 'dedup.failover_timeout',
  learned: 'dedup.failover_timeout_min',
  failoverSampleTimeoutMs: 'dedup.failover_sample_timeout',
  idleTimeoutMs: 'dedup.idle_timeout',
};

/** The replay goes by the newest settings from its beginning on. */
function changedNote(inForce: InForce | undefined, judgedFrom: number): readonly string[] {
  if (inForce === undefined || inForce.fromOffset <= judgedFrom) return [];
  return [`other settings were in force before offset ${inForce.fromOffset}: all of it is replayed by the newest`];
}

function lostNote({ lost }: ReplayRead): readonly string[] {
  return lost === 0 ? [] : [`up to ${lost} records were removed by retention while they were read`];
}

/** The log has the last word on what happened: another number of elections means other settings, or another start. */
function differsFromLog({ configured, read }: WhatIf, inLog: number): readonly string[] {
  const { held } = configured.outcome;
  if (held === inLog || read.judged === 0) return [];
  return [
    `the log has ${inLog} elections in this range, the replay as configured ${held}: ` +
      'the settings were others then, or the range begins in between',
  ];
}
