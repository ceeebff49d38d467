import { ElectionTable, ScrapeSteps, type FillStep } from '@tandem/election';
import { clusterKey, decodeSamplesHeaders, shardId, shardKey } from '@tandem/records';
import { type Claim, type LogRecord, type RecordReader } from '@tandem/stream';

import { keyText } from './bytes.ts';
import { type ClusterName, type StoredCluster } from './cluster-records.ts';
import { DedupedHistory } from './deduped-history.ts';
import { ClusterFills } from './fill/cluster-fills.ts';
import { targetRecordOf } from './fill/target-record.ts';
import { PartitionSettings, type OfferedSettings } from './in-force/partition-settings.ts';
import { judgedRecord } from './judged-record.ts';
import { readOpenLedger } from './ledger/open-ledger.ts';
import { lastRecordBefore } from './log-tail.ts';
import { type PartitionState } from './partition-state.ts';
import { type OpenSeam } from './seam/open-seam.ts';
import { type DecisionSettings, type DedupTopics, type WorkSettings } from './settings.ts';
import { type FollowedShard } from './spread/shard-followers.ts';
import { electedFrom, readClusters, type StoredClusters } from './spread/stored-clusters.ts';

/** What a partition is taken over with. */
export interface TakeOverOptions {
  readonly reader: RecordReader;
  readonly claim: Claim;
  readonly topics: DedupTopics;
  readonly settings: WorkSettings;
  /** What a partition without settings begins with. */
  readonly configured: OfferedSettings;
  /** Clusters a tenant has in other partitions. */
  readonly clustersElsewhere: (tenant: string) => number;
  /** Told of a record of ours that cannot be read: it stands for nothing. */
  readonly onUnreadable: (topic: string, offset: number, problem: string) => void;
}

/**
 * Rebuilds the state of a partition as of its committed position: the elections from `clusters` and what was heard
 * since they were written from the headers of `samples`; what was let through from `deduped`. Taking the claim has
 * fenced whoever wrote these before, so reading to the barrier reads everything.
 */
export async function takeOver(options: TakeOverOptions): Promise<PartitionState> {
  const { reader, claim, topics, settings, onUnreadable } = options;
  const { partition, signal } = claim;
  const { changes, forgotten, ...read } = await readClusters(
    reader,
    { topic: topics.clusters, partition, signal },
    onUnreadable,
  );
  const stored = electedFrom('samples', read.clusters, settings);
  const begun = { ...options.configured, fromOffset: claim.position };
  const inForce = PartitionSettings.takenOver(changes.samples, begun);
  const elections = electionsOf(options, inForce.current, forgotten.samples);
  const names = new Map<string, ClusterName>();
  const seams = new Map<string, readonly OpenSeam[]>();
  const fills = new ClusterFills(() => inForce.current);
  const fillSteps = new Map<string, readonly FillStep[]>();
  for (const [id, { tenant, cluster, state, seams: open, ...watched }] of stored) {
    names.set(id, { tenant, cluster });
    // One that is forgotten is only read to its end.
    if (state.epoch > 0) elections.restore({ tenant, cluster: id, state });
    if (open.length > 0) seams.set(id, open);
    // What was open for an epoch that is over is only read to its end.
    const current = watched.fills.filter(({ epoch }) => epoch === state.epoch);
    if (state.kind === 'elected') fills.restore(id, { ...watched, fills: current });
    if (watched.fills.length > 0) fillSteps.set(id, watched.fills);
  }
  const shards = followedOf(read.shards);
  for (const [id, { seams: open, state, ...watched }] of read.shards) {
    if (open.length > 0) seams.set(id, open);
    const current = state.kind === 'following' ? watched.fills.filter(({ epoch }) => epoch === state.epoch) : [];
    fills.restore(id, { ...watched, fills: current });
    if (watched.fills.length > 0) fillSteps.set(id, watched.fills);
  }
  const recall = samplesRecaller({ elections, fills, shards });
  const heard = [...heardOf(stored), ...heardOfShards(read.shards)];
  await new Recollection({ reader, claim, decisions: inForce.current, elections, recall }, heard).run();
  const history = new DedupedHistory({
    reader,
    source: { topic: topics.deduped, partition, signal },
    replayWindowMs: settings.replayWindowMs,
    watermark: settings.watermark,
    maxDecodedBytes: settings.maxDecodedBytes,
    onUnreadable: (offset, problem) => onUnreadable(topics.deduped, offset, problem),
  });
  const replayed = await history.replay();
  expectKeys(
    replayed.watermark,
    { clusters: stored, shards: read.shards },
    elections.nowMs - settings.watermark.patienceMs,
  );
  const settingsAreWritten = changes.samples !== undefined;
  const tallies = { topic: topics.tallies, partition, signal };
  const ledger = await readOpenLedger(reader, tallies, claim.position, (offset, problem) =>
    onUnreadable(topics.tallies, offset, problem),
  );
  const decided = { inForce, settingsAreWritten, elections, names, shards, senders: read.senders };
  return { ...decided, ledger, seams, fills, fillSteps, history, ...replayed };
}

function electionsOf(
  { clustersElsewhere }: TakeOverOptions,
  { elections, overrides = [] }: DecisionSettings,
  forgottenEpoch: number,
): ElectionTable {
  return new ElectionTable(elections, { clustersElsewhere, overrides, forgottenEpoch });
}

function followedOf(stored: StoredClusters['shards']): Map<string, FollowedShard> {
  const shards = new Map<string, FollowedShard>();
  for (const [id, { tenant, cluster, shard, state, steps, atMs }] of stored) {
    shards.set(id, { name: { tenant, cluster, shard }, state, steps: ScrapeSteps.restore(steps), writtenAtMs: atMs });
  }
  return shards;
}

/** Who was let through so long ago that it is not in the replay may have most to come. Shards are not told apart by time. */
function expectKeys(
  watermark: PartitionState['watermark'],
  { clusters, shards }: Pick<StoredClusters, 'clusters' | 'shards'>,
  sinceMs: number,
): void {
  for (const { tenant, cluster, state } of clusters.values()) {
    const isWaitedFor = state.kind === 'elected' && state.receivedAtMs > sinceMs;
    if (isWaitedFor) watermark.expect(keyText(clusterKey(tenant, cluster)), state.epoch);
  }
  for (const { tenant, cluster, shard, state } of shards.values()) {
    watermark.expect(keyText(shardKey(tenant, cluster, shard)), state.epoch);
  }
}

/** A stretch of `samples` in which a cluster may have been heard since it was written down. */
interface Stretch {
  readonly cluster: string;
  /** Behind the record for which the cluster was written. */
  readonly from: number;
  /** The clock at that record, Unix ms. */
  readonly clockMs: number;
  /** A record of the cluster from this time on would have been announced (E18) or elected another, Unix ms. */
  readonly untilMs: number;
}

/** What is recalled with: behind a change of settings every cluster was written down, so all of it is under the newest. */
export interface RecollectionOptions extends Pick<TakeOverOptions, 'reader' | 'claim'> {
  readonly decisions: DecisionSettings;
  readonly elections: Pick<ElectionTable, 'recallTime'>;
  readonly recall: Recaller;
}

/**
 * Shows a record that was judged before to whoever has to remember it.
 *
 * @param clockMs the clock as it stood at the record, Unix ms
 * @param isOpen whether something may have been heard of a cluster since it was written down
 */
export type Recaller = (record: LogRecord, clockMs: number, isOpen: (cluster: string) => boolean) => void;

function samplesRecaller({
  elections,
  fills,
  shards,
}: Pick<PartitionState, 'elections' | 'fills' | 'shards'>): Recaller {
  return (record, clockMs, isOpen) => {
    const decoded = decodeSamplesHeaders(record.headers);
    const { headers } = decoded.ok ? decoded : {};
    if (headers?.pair === undefined) return;
    const judged = judgedRecord(record, headers, clockMs);
    if (judged === undefined) return;
    const { tenant, pair, shard } = headers;
    const id = shard === undefined ? judged.cluster : shardId(tenant, pair.cluster, shard);
    if (!isOpen(id)) return;
    // In a shard nobody is elected by its records.
    if (shard === undefined) elections.recall(judged);
    else shards.get(id)?.steps.heard({ replica: pair.replica, timestampMs: clockMs, ...headers.span });
    fills.heard({ tenant, cluster: pair.cluster }, id, targetRecordOf(headers, clockMs));
  };
}

/** Shows the elections what was heard between the last announcement of each cluster and the committed position. */
export class Recollection {
  readonly #options: RecollectionOptions;
  readonly #stretches: readonly Stretch[];
  /** Clusters whose stretch has begun. */
  readonly #open = new Set<string>();
  readonly #isOpen = (cluster: string): boolean => this.#open.has(cluster);
  #at = 0;
  #untilMs = 0;
  #clockMs = 0;

  constructor(options: RecollectionOptions, heard: readonly LastHeard[]) {
    this.#options = options;
    this.#stretches = stretchesOf(heard, options.decisions);
  }

  async run(): Promise<void> {
    const { reader, claim } = this.#options;
    for (let stretch = this.#stretches[0]; stretch !== undefined; stretch = this.#stretches[this.#at]) {
      this.#clockMs = stretch.clockMs;
      this.#untilMs = stretch.untilMs;
      await this.#read(stretch.from);
    }
    const last = await lastRecordBefore(reader, claim, claim.position);
    if (last !== undefined) this.#options.elections.recallTime(last.timestampMs);
  }

  /** Reads from an offset on until every stretch that began on the way is over. */
  async #read(from: number): Promise<void> {
    const { reader, claim } = this.#options;
    const { topic, partition, signal, position } = claim;
    this.#begin(from);
    for await (const batch of reader.read({ topic, partition, from, until: position, signal })) {
      for (const record of batch.records) {
        this.#clockMs = Math.max(this.#clockMs, record.timestampMs);
        this.#begin(record.offset);
        if (this.#clockMs >= this.#untilMs) return;
        this.#options.recall(record, this.#clockMs, this.#isOpen);
      }
    }
    signal.throwIfAborted();
    this.#begin(Infinity);
  }

  #begin(offset: number): void {
    for (let next = this.#stretches[this.#at]; next !== undefined && next.from <= offset;) {
      this.#open.add(next.cluster);
      this.#untilMs = Math.max(this.#untilMs, next.untilMs);
      next = this.#stretches[++this.#at];
    }
  }
}

/** When a cluster was written down, or a shard: what it was heard of since has to be found again. */
export interface LastHeard {
  readonly cluster: string;
  /** Offset of the record it was written for, and the clock at it, Unix ms. */
  readonly sourceOffset: number;
  readonly atMs: number;
}

/** The clusters that somebody is elected in. */
export function heardOf(stored: ReadonlyMap<string, StoredCluster>): readonly LastHeard[] {
  return Array.from(stored).flatMap(([cluster, { state, sourceOffset }]) =>
    state.kind === 'elected' ? [{ cluster, sourceOffset, atMs: state.heardAtMs }] : [],
  );
}

function heardOfShards(stored: StoredClusters['shards']): readonly LastHeard[] {
  return Array.from(stored, ([cluster, { sourceOffset, atMs }]) => ({ cluster, sourceOffset, atMs })).filter(
    ({ atMs }) => Number.isFinite(atMs),
  );
}

function stretchesOf(heard: readonly LastHeard[], { elections, overrides = [] }: DecisionSettings): readonly Stretch[] {
  const { updateTimeoutMs, updateTimeoutJitterMs, failoverTimeoutMs } = elections;
  const timeoutsMs = overrides.map(({ settings }) => settings.failoverTimeoutMs ?? 0);
  // Under the settings of before, announcements may have been further apart than they are now.
  const stretchMs = Math.max(updateTimeoutMs + updateTimeoutJitterMs, failoverTimeoutMs, ...timeoutsMs);
  const stretches = heard.map(({ cluster, sourceOffset, atMs }): Stretch => {
    return { cluster, from: sourceOffset + 1, clockMs: atMs, untilMs: atMs + stretchMs };
  });
  return stretches.sort((a, b) => a.from - b.from);
}
