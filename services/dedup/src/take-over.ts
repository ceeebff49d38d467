import { ElectionTable, type FillStep } from '@tandem/election';
import { clusterId, clusterKey, decodeSamplesHeaders, isSettings } from '@tandem/records';
import { readToBarrier, type Claim, type LogRecord, type RecordReader } from '@tandem/stream';

import { keyText } from './bytes.ts';
import { readCluster, type ClusterName, type StoredCluster } from './cluster-records.ts';
import { DedupedHistory } from './deduped-history.ts';
import { ClusterFills } from './fill/cluster-fills.ts';
import { PartitionSettings, type OfferedSettings, type SettingsChange } from './in-force/partition-settings.ts';
import { readInForce } from './in-force/settings-records.ts';
import { judgedRecord } from './judged-record.ts';
import { readOpenLedger } from './ledger/open-ledger.ts';
import { lastRecordBefore } from './log-tail.ts';
import { type PartitionState } from './partition-state.ts';
import { type OpenSeam } from './seam/open-seam.ts';
import { type DecisionSettings, type DedupTopics, type WorkSettings } from './settings.ts';

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
  const { clusters: stored, changes } = await readClusters(options);
  const inForce = new PartitionSettings(changes ?? [{ ...options.configured, fromOffset: claim.position }]);
  const elections = new ElectionTable(inForce.current.elections, {
    clustersElsewhere: options.clustersElsewhere,
    overrides: inForce.current.overrides ?? [],
  });
  const names = new Map<string, ClusterName>();
  const seams = new Map<string, readonly OpenSeam[]>();
  const fills = new ClusterFills(() => inForce.current);
  const fillSteps = new Map<string, readonly FillStep[]>();
  for (const [id, { tenant, cluster, state, seams: open, ...watched }] of stored) {
    names.set(id, { tenant, cluster });
    elections.restore({ tenant, cluster: id, state });
    if (open.length > 0) seams.set(id, open);
    // What was open for an epoch that is over is only read to its end.
    const current = watched.fills.filter(({ epoch }) => epoch === state.epoch);
    if (state.kind === 'elected') fills.restore(id, { ...watched, fills: current });
    if (watched.fills.length > 0) fillSteps.set(id, watched.fills);
  }
  await new Recollection({ ...options, decisions: inForce.current, elections, fills }, stored).run();
  const { partition, signal } = claim;
  const history = new DedupedHistory({
    reader,
    source: { topic: topics.deduped, partition, signal },
    replayWindowMs: settings.replayWindowMs,
    watermark: settings.watermark,
    maxDecodedBytes: settings.maxDecodedBytes,
    onUnreadable: (offset, problem) => onUnreadable(topics.deduped, offset, problem),
  });
  const replayed = await history.replay();
  // Who was let through so long ago that it is not in the replay may have most to come.
  for (const { tenant, cluster, state } of stored.values()) {
    const isWaitedFor =
      state.kind === 'elected' && elections.nowMs - state.receivedAtMs < settings.watermark.patienceMs;
    if (isWaitedFor) replayed.watermark.expect(keyText(clusterKey(tenant, cluster)), state.epoch);
  }
  const settingsAreWritten = changes !== undefined;
  const tallies = { topic: topics.tallies, partition, signal };
  const ledger = await readOpenLedger(reader, tallies, claim.position, (offset, problem) =>
    onUnreadable(topics.tallies, offset, problem),
  );
  return { inForce, settingsAreWritten, ledger, elections, names, seams, fills, fillSteps, history, ...replayed };
}

/** What `clusters` holds of a partition. */
interface StoredPartition {
  /** By their id. */
  readonly clusters: ReadonlyMap<string, StoredCluster>;
  /** The settings in force, the oldest first; absent: there are none. */
  readonly changes: readonly [SettingsChange, ...SettingsChange[]] | undefined;
}

async function readClusters(options: TakeOverOptions): Promise<StoredPartition> {
  const { reader, claim, topics, onUnreadable } = options;
  const source = { topic: topics.clusters, partition: claim.partition, signal: claim.signal };
  const byKey = new Map<string, StoredCluster>();
  let changes: readonly SettingsChange[] = [];
  const apply = (record: LogRecord): void => {
    if (isSettings(record.headers)) {
      changes = readInForce(record, (problem) => onUnreadable(topics.clusters, record.offset, problem));
      return;
    }
    const key = keyText(record.key);
    const cluster = record.value === null ? undefined : readCluster(record);
    if (typeof cluster === 'string') onUnreadable(topics.clusters, record.offset, cluster);
    else if (cluster === undefined) byKey.delete(key);
    else byKey.set(key, cluster);
  };
  const { start } = await reader.bounds(source.topic, source.partition);
  await readToBarrier(reader, source, start, apply);
  claim.signal.throwIfAborted();
  const [oldest, ...later] = changes;
  return {
    clusters: new Map(Array.from(byKey.values(), (cluster) => [clusterId(cluster.tenant, cluster.cluster), cluster])),
    changes: oldest === undefined ? undefined : [oldest, ...later],
  };
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
interface RecollectionOptions extends TakeOverOptions {
  readonly decisions: DecisionSettings;
  readonly elections: ElectionTable;
  readonly fills: ClusterFills;
}

/** Shows the elections what was heard between the last announcement of each cluster and the committed position. */
class Recollection {
  readonly #options: RecollectionOptions;
  readonly #stretches: readonly Stretch[];
  /** Clusters whose stretch has begun. */
  readonly #open = new Set<string>();
  #at = 0;
  #untilMs = 0;
  #clockMs = 0;

  constructor(options: RecollectionOptions, stored: ReadonlyMap<string, StoredCluster>) {
    this.#options = options;
    this.#stretches = stretchesOf(stored, options.decisions);
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
        this.#recall(record);
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

  #recall(record: LogRecord): void {
    const decoded = decodeSamplesHeaders(record.headers);
    if (!decoded.ok || decoded.headers.pair === undefined) return;
    const judged = judgedRecord(record, decoded.headers, this.#clockMs);
    if (judged === undefined || !this.#open.has(judged.cluster)) return;
    this.#options.elections.recall(judged);
    const { tenant, pair, span, downTargets } = decoded.headers;
    const { replica } = pair;
    const { timestampMs } = record;
    this.#options.fills.heard({ tenant, cluster: pair.cluster }, judged.cluster, {
      replica,
      timestampMs,
      ...span,
      downTargets,
    });
  }
}

function stretchesOf(
  stored: ReadonlyMap<string, StoredCluster>,
  { elections, overrides = [] }: DecisionSettings,
): readonly Stretch[] {
  const { updateTimeoutMs, updateTimeoutJitterMs, failoverTimeoutMs } = elections;
  const timeoutsMs = overrides.map(({ settings }) => settings.failoverTimeoutMs ?? 0);
  // Under the settings of before, announcements may have been further apart than they are now.
  const stretchMs = Math.max(updateTimeoutMs + updateTimeoutJitterMs, failoverTimeoutMs, ...timeoutsMs);
  const stretches: Stretch[] = [];
  for (const [cluster, { state, sourceOffset }] of stored) {
    if (state.kind !== 'elected') continue;
    const { heardAtMs } = state;
    stretches.push({ cluster, from: sourceOffset + 1, clockMs: heardAtMs, untilMs: heardAtMs + stretchMs });
  }
  return stretches.sort((a, b) => a.from - b.from);
}
