import {
  checkElectionSettings,
  DEFAULT_ELECTION_SETTINGS,
  DEFAULT_LEARNED_TIMEOUT,
  type ElectionSettings,
} from '@tandem/election';
import { clusterId, type Election } from '@tandem/records';
import { type RecordReader } from '@tandem/stream';

import { type ClusterName, type ClusterQuery } from './cluster-name.ts';
import { placeOfCluster, type ClusterPlace } from './cluster-place.ts';
import { ElectionReplay } from './election-replay.ts';
import { findCluster } from './find-cluster.ts';
import { wasPinned } from './given-command.ts';
import { type HaTopics } from './open-log-to-read.ts';
import { readClusters } from './read-clusters.ts';
import { readElections } from './read-elections.ts';
import { readSettingsChanges } from './read-settings.ts';
import { replayRecords, type ProgressListener, type ReplayRead } from './replay-records.ts';
import { unreadableNote, type Report } from './report.ts';
import { SettingsTimeline, type SettingsSpan } from './settings-timeline.ts';
import { formatTime } from './times.ts';
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
  /** What is laid over those in force. */
  readonly instead: Instead;
  readonly onProgress: ProgressListener;
}

/**
 * Replays the headers of `samples`, or the heartbeats of a spread cluster, with the settings that were in force at each place, and
 * with others laid over them: what would have been elected.
 *
 * @throws {CommandExit} 1 where there is no such cluster, 2 where several tenants have one
 * @throws {LogError} `unknown-topic`
 */
export async function whatIf(reader: RecordReader, topics: HaTopics, query: WhatIfQuery): Promise<Report> {
  const { nowMs, rangeMs, onProgress, instead } = query;
  const standing = await readClusters(reader, topics.clusters);
  const name = findCluster(standing.clusters, query);
  const place = placeOfCluster(standing.clusters, name);
  const { of, partition } = place;
  const configured = query.settingsOf(name.tenant, clusterId(name.tenant, name.cluster));
  const timeline = new SettingsTimeline(name, await readSettingsChanges(reader, topics, place), configured);
  const read = await readElections(reader, topics.elections, name);
  const elections = read.elections.filter(({ sourcePartition }) => sourcePartition === partition);
  const fromMs = Math.max(0, nowMs - rangeMs);
  const lay = (inForce: ElectionSettings): ElectionSettings => settingsInstead(inForce, instead);
  const start = await startOf(reader, topics, { name, place, elections, fromMs, timeline, lay });
  const { from, judgedFrom, until, elected, pinned } = start;
  const replayOf = (changed?: typeof lay): ElectionReplay => {
    const replay = new ElectionReplay(timeline.at(from), changed);
    const id = { tenant: name.tenant, cluster: clusterId(name.tenant, name.cluster) };
    if (elected !== undefined) replay.begin(id, { ...elected, pinned }, start.sinceMs);
    return replay;
  };
  const replays = { asInForce: replayOf(), asAsked: replayOf(lay) };
  const replayed = await replayRecords(reader, {
    ...name,
    of,
    topic: topics[of],
    partition,
    from,
    judgedFrom,
    until,
    replays: [replays.asInForce, replays.asAsked],
    timeline,
    onProgress,
  });
  const spans = timeline.between(judgedFrom, until);
  const result: WhatIf = {
    name,
    place,
    fromMs,
    untilMs: nowMs,
    read: replayed,
    electedAtStart: elected === undefined ? null : { replica: elected.replica, epoch: elected.epoch, pinned },
    configured: { spans, outcome: replays.asInForce.outcome() },
    other: { spans: laidOver(spans, lay), outcome: replays.asAsked.outcome() },
  };
  const inRange = elections.filter(({ electedAtMs }) => electedAtMs >= fromMs).length;
  const notes = [
    ...notesOf(result, start.isOldest),
    ...differsFromLog(result, inRange),
    ...unreadableNote(topics.clusters, standing.unreadable),
    ...unreadableNote(topics.elections, read.unreadable),
    ...unreadableNote(topics[of], replayed.unreadable),
  ];
  return { text: query.json ? whatIfJson(result) : whatIfText(result), notes };
}

/** What the beginning of a replay follows from. */
interface StartQuery {
  readonly name: ClusterName;
  readonly place: ClusterPlace;
  /** Of the cluster, in this partition. */
  readonly elections: readonly Election[];
  readonly fromMs: number;
  readonly timeline: SettingsTimeline;
  readonly lay: (inForce: ElectionSettings) => ElectionSettings;
}

/** Where and with whom a replay begins. */
interface ReplayStart {
  /** Records are read from here on, judged from there on, and read up to the end. */
  readonly from: number;
  readonly judgedFrom: number;
  readonly until: number;
  /** Whoever was elected at `judgedFrom`; nothing that was heard before `sinceMs` (log time, Unix ms) matters. */
  readonly elected: Election | undefined;
  readonly pinned: boolean;
  readonly sinceMs: number;
  /** The range begins with the oldest record that is kept. */
  readonly isOldest: boolean;
}

async function startOf(
  reader: RecordReader,
  topics: HaTopics,
  { name, place, elections, fromMs, timeline, lay }: StartQuery,
): Promise<ReplayStart> {
  const { of, partition } = place;
  const topic = topics[of];
  const { end, start } = await reader.bounds(topic, partition);
  const judgedFrom = await reader.offsetAt(topic, partition, fromMs);
  const elected = elections.findLast(({ electedAtMs }) => electedAtMs < fromMs);
  const settings = timeline.between(judgedFrom, end).flatMap((span) => [span.settings, lay(span.settings)]);
  const sinceMs = Math.max(0, fromMs - longestMemoryMs(settings));
  const rest = { judgedFrom, until: end, elected, sinceMs, isOldest: start === judgedFrom };
  if (elected === undefined) return { ...rest, from: judgedFrom, pinned: false };
  const recalled = await recallFrom(reader, { topic, partition, elected, sinceMs });
  const pin = { ...name, epoch: elected.epoch, beforeOffset: judgedFrom };
  const pinned = await wasPinned(reader, topics.commands, pin);
  return { ...rest, from: Math.min(Math.max(recalled, start), judgedFrom), pinned };
}

function laidOver(
  [first, ...later]: WhatIf['configured']['spans'],
  lay: (inForce: ElectionSettings) => ElectionSettings,
): WhatIf['other']['spans'] {
  const laid = (span: SettingsSpan): SettingsSpan => ({ ...span, settings: lay(span.settings) });
  return [laid(first), ...later.map(laid)];
}

/** Settings to replay with; what is not said is as in force. */
export interface Instead extends Partial<Pick<ElectionSettings, 'failoverSampleTimeoutMs'>> {
  readonly failoverTimeoutMs?: number | 'auto';
  /** Whether living replicas are succeeded by better ones. */
  readonly handover?: boolean;
}

function settingsInstead(
  inForce: ElectionSettings,
  { failoverTimeoutMs, handover, ...more }: Instead,
): ElectionSettings {
  return {
    ...inForce,
    ...more,
    ...(failoverTimeoutMs === undefined ? {} : timeoutOf(inForce, failoverTimeoutMs)),
    ...(handover === undefined ? {} : { handover: { ...inForce.handover, enabled: handover } }),
  };
}

function timeoutOf({ learned }: ElectionSettings, timeout: number | 'auto') {
  if (timeout !== 'auto') return { failoverTimeoutMs: timeout, learned: null };
  const { failoverTimeoutMs } = DEFAULT_ELECTION_SETTINGS;
  return { failoverTimeoutMs, learned: learned ?? DEFAULT_LEARNED_TIMEOUT };
}

/** How long before a record something may have happened that matters to what it decides, ms. */
function longestMemoryMs(settings: readonly ElectionSettings[]): number {
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
  const [problem] = other.spans.flatMap(({ settings }) => checkElectionSettings(settings) ?? []);
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

function lostNote({ lost }: ReplayRead): readonly string[] {
  return lost === 0 ? [] : [`up to ${lost} records were removed by retention while they were read`];
}

/** The log has the last word on what happened: another number of elections means another start, or what is not replayed. */
function differsFromLog({ configured, read }: WhatIf, inLog: number): readonly string[] {
  const { held } = configured.outcome;
  if (held === inLog || read.judged === 0) return [];
  return [
    `the log has ${inLog} elections in this range, the replay as configured ${held}: ` +
      'it begins in between, or settings of before are no longer kept',
  ];
}
