import {
  decideShard,
  ScrapeSteps,
  settingsResolver,
  UNHEARD_SHARD,
  withoutDoubt,
  type ShardDecision,
  type ShardDropReason,
  type ShardState,
} from '@tandem/election';
import { clusterId, shardId, shardKey, type SamplesHeaders } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { keyText } from '../bytes.ts';
import { type LaneChooser, type LetThrough } from '../fill/lane-chooser.ts';
import { placeOf } from '../ledger/place-of.ts';
import { type ProcessorOptions } from '../processor-options.ts';
import { writeReject } from '../reject.ts';
import { type LaneOptions } from '../seam/cluster-lane.ts';
import { type ClusterLanes } from '../seam/cluster-lanes.ts';
import { type Lane } from '../seam/lane.ts';
import { type OpenSeam } from '../seam/open-seam.ts';
import { type ReplicaRecord } from '../seam/seam-reader.ts';
import { type Transaction } from '../transaction.ts';
import { readBarrier, shardOutput, type ShardName } from './shard-records.ts';

/** Records that have waited for so long for an election are told of, ms: heartbeats come every second. */
const LONG_WAIT_MS = 30_000;

/** A shard of this partition, and what it follows. */
export interface FollowedShard {
  readonly name: ShardName;
  state: ShardState;
  /** How far apart the samples of its replicas come. */
  steps: ScrapeSteps;
  /** The partition's clock when it was last written down, Unix ms; `-Infinity`: it was not, or not what is known of targets. */
  writtenAtMs: number;
}

/** What becomes of a record of a shard. */
export interface ShardVerdict {
  /** Absent: it goes no further for now. */
  readonly passed?: LetThrough;
  /** The lane it has to take. */
  readonly lane?: Lane | undefined;
}

/** What shards follow with. */
export interface ShardMeans {
  readonly lanes: ClusterLanes;
  readonly choose: LaneChooser;
}

/**
 * The shards of spread clusters in one partition. Nobody is elected here: each follows the barriers that the owner of the
 * cluster's heartbeats has put into the partition, and at each a lane continues the series (SPEC, "Spread clusters").
 */
export class ShardFollowers {
  readonly #options: ProcessorOptions;
  readonly #lanes: ClusterLanes;
  readonly #choose: LaneChooser;
  /** Log time at which records of a shard began to wait, as far as seen here, Unix ms. */
  readonly #waitingSinceMs = new Map<string, number>();
  #nowMs = 0;

  constructor(options: ProcessorOptions, { lanes, choose }: ShardMeans) {
    this.#options = options;
    this.#lanes = lanes;
    this.#choose = choose;
  }

  /** Shards whose records wait for an election. */
  get waiting(): number {
    return this.#waitingSinceMs.size;
  }

  /** Those that have waited for longer than an election takes. */
  get waitingLong(): number {
    let count = 0;
    for (const sinceMs of this.#waitingSinceMs.values()) if (this.#nowMs - sinceMs >= LONG_WAIT_MS) count++;
    return count;
  }

  /** What the lane of a shard is made with; `undefined` where the name is not a shard's. */
  laneOf(id: string): Pick<LaneOptions, 'name' | 'cluster' | 'shard' | 'key'> | undefined {
    const followed = this.#options.state.shards.get(id);
    if (followed === undefined) return undefined;
    const { tenant, cluster, shard } = followed.name;
    return { name: { tenant, cluster }, cluster: id, shard, key: shardKey(tenant, cluster, shard) };
  }

  /** Judges a record of a shard, and says which way it goes. */
  judge({ record, headers }: ReplicaRecord, transaction: Transaction): ShardVerdict {
    const { tenant, pair, shard = 0 } = headers;
    const { cluster = '', replica = '' } = pair ?? {};
    const { id, followed } = this.#of({ tenant, cluster, shard });
    const heardBeforeMs = followed.steps.heardAtMs(replica);
    this.#choose.heard({ name: followed.name, cluster: id }, headers, transaction);
    const isBehindHole = this.#isBehindHole(id, followed, headers);
    this.#endDoubt(id, record, transaction);
    const before = followed.state;
    const { nowMs: timestampMs } = this.#options.state.elections;
    const heard = { kind: 'record', replica, offset: record.offset, timestampMs, isBehindHole } as const;
    const decision = decideShard(before, heard);
    followed.state = decision.state;
    this.#nowMs = record.timestampMs;
    // From here on records wait: whoever takes the partition over has to know from where.
    if (decision.state !== before) this.#wait(id, record, before);
    const write = (): void => this.write(id, record, transaction);
    if (decision.state !== before || this.#isDue(followed)) write();
    if (decision.verdict === 'drop') {
      this.#drop(id, { record, headers }, { transaction, reason: decision.reason });
      return { lane: this.#choose.laneOfStandby(id, replica) };
    }
    if (decision.verdict !== 'accept') return {};
    const { epoch } = decision.state;
    const { name } = followed;
    const passed = { name, cluster: id, epoch, elected: replica, isElected: true, heardBeforeMs, write };
    return { passed, lane: this.#choose.laneOf(passed, { record, headers }, transaction) };
  }

  #drop(
    id: string,
    { record, headers }: ReplicaRecord,
    { transaction, reason }: { readonly transaction: Transaction; readonly reason: ShardDropReason },
  ): void {
    const { tenant, pair, samples } = headers;
    transaction.tally.count(placeOf(record, headers), { dropped: [{ reason, samples }] });
    if (reason === 'unelected' && !this.#waitingSinceMs.has(id)) this.#waitingSinceMs.set(id, record.timestampMs);
    const name = { tenant, cluster: pair?.cluster ?? '' };
    transaction.afterwards(() => this.#options.observer.refused(name, reason, samples));
  }

  /** Whether what is known of its replicas has to be written down again, so that what was heard since is found (P13). */
  #isDue({ writtenAtMs }: FollowedShard): boolean {
    const { elections, inForce } = this.#options.state;
    return elections.nowMs - writtenAtMs >= inForce.current.elections.updateTimeoutMs;
  }

  /** Takes note of a record's samples; whether its replica has lost some that another one may have (P15). */
  #isBehindHole(id: string, { name, steps }: FollowedShard, { pair, span }: SamplesHeaders): boolean {
    const { fills, inForce, elections } = this.#options.state;
    const { replica = '' } = pair ?? {};
    const heardBeforeMs = steps.heardAtMs(replica);
    const isBehind = steps.heard({ replica, timestampMs: elections.nowMs, ...span });
    if (!isBehind || !steps.isAnotherHeard(replica, heardBeforeMs)) return false;
    // What a seam or a fill judges it has to judge to its end.
    if (fills.open(id) !== undefined || !this.#lanes.seamIsOver(id, heardBeforeMs)) return false;
    const { elections: settings, overrides = [] } = inForce.current;
    return settingsResolver(settings, overrides)(name.tenant, clusterId(name.tenant, name.cluster)).handover.enabled;
  }

  /** From a record on the records of a shard, or of its replica, wait. */
  #wait(id: string, { key, offset }: LogRecord, { kind, epoch }: ShardState): void {
    const { watermark, elections } = this.#options.state;
    watermark.expect(keyText(key), epoch);
    // A lane that is still on its way to here must not go on behind it.
    if (kind === 'following') this.#lanes.vacate(id, { offset, electedAtMs: elections.nowMs, epoch });
  }

  /** Nobody else was elected in time: what waits is read again, and goes on under the epoch it is of. */
  #endDoubt(id: string, record: LogRecord, transaction: Transaction): void {
    const followed = this.#options.state.shards.get(id);
    if (followed?.state.kind !== 'following') return;
    const { doubt } = followed.state;
    const follows = withoutDoubt(followed.state, this.#options.state.elections.nowMs);
    if (follows === undefined || doubt === undefined) return;
    followed.state = follows;
    this.#waitingSinceMs.delete(id);
    const { epoch, replica } = follows;
    this.#lanes.open(id, {
      ...this.#placeOf(record),
      epoch,
      replica,
      ...endOf(undefined),
      fromOffset: doubt.fromOffset,
    });
    this.write(id, record, transaction);
  }

  /** Takes a barrier: from it on another epoch counts. */
  turn(record: LogRecord, transaction: Transaction): void {
    const barrier = readBarrier(record);
    if (typeof barrier === 'string') {
      const cause = { reason: 'bad-barrier', detail: barrier, samples: 0 };
      writeReject(this.#options, { record, transaction, cause });
      return;
    }
    const { input, tenant, cluster, shard } = barrier;
    const { id, followed } = this.#of({ tenant, cluster, shard });
    const decision = decideShard(followed.state, input);
    followed.state = decision.state;
    if (decision.verdict === 'void') return;
    this.#waitingSinceMs.delete(id);
    // What comes now waits, also where a lane is still on its way to here.
    if (decision.verdict === 'wait') {
      this.#options.state.fills.forget(id);
      this.#lanes.vacate(id, { ...this.#placeOf(record), epoch: decision.state.epoch });
    }
    // Whether a lane still reads of it, and keeps its record, must not matter.
    if (decision.verdict === 'forget') followed.steps = new ScrapeSteps();
    if (decision.verdict === 'follow') {
      this.#options.state.fills.ended(id);
      const { state, forerunner, fromOffset = null } = decision;
      const { epoch, replica } = state;
      const seam: OpenSeam = { ...this.#placeOf(record), epoch, replica, ...endOf(forerunner), fromOffset };
      // Where nothing comes before, nothing has to be read again; but what a lane still reads comes first.
      const isPlain = forerunner === undefined && fromOffset === null;
      if (!isPlain || this.#lanes.get(id) !== undefined) this.#lanes.open(id, seam);
    }
    this.write(id, record, transaction);
  }

  /** Writes down what a shard follows, and the seams that are open. Nothing for a name that is not a shard's. */
  write(id: string, { offset }: Pick<LogRecord, 'offset'>, transaction: Transaction): void {
    const { state, topics, partition } = this.#options;
    const followed = state.shards.get(id);
    if (followed === undefined) return;
    const { seams, fills } = this.#lanes.openOf(id);
    if (isUnheard(followed.state) && seams.length + fills.length === 0) {
      this.#erase(id, followed, transaction);
      return;
    }
    const atMs = state.elections.nowMs;
    followed.writtenAtMs = atMs;
    const open = { seams, fills, watch: state.fills.snapshot(id), steps: followed.steps.snapshot(), atMs };
    const stored = { ...followed.name, state: followed.state, ...open };
    transaction.writeCluster(shardOutput(topics.clusters, stored, { partition, offset }));
  }

  /** Writes all shards down: what was heard before is then never recalled under settings that come later. */
  writeAll(record: Pick<LogRecord, 'offset'>, transaction: Transaction): void {
    for (const id of this.#options.state.shards.keys()) this.write(id, record, transaction);
  }

  /** Where a barrier is; its time by the clock of the partition (E9). */
  #placeOf({ offset }: LogRecord): Pick<OpenSeam, 'offset' | 'electedAtMs'> {
    return { offset, electedAtMs: this.#options.state.elections.nowMs };
  }

  /** Takes a shard that nothing is known of any more out of `clusters`. */
  #erase(id: string, { name }: FollowedShard, transaction: Transaction): void {
    const { state, topics, partition } = this.#options;
    state.shards.delete(id);
    const key = shardKey(name.tenant, name.cluster, name.shard);
    transaction.writeCluster({ topic: topics.clusters, partition, key, value: null });
  }

  #of(name: ShardName): { readonly id: string; readonly followed: FollowedShard } {
    const { shards } = this.#options.state;
    const id = shardId(name.tenant, name.cluster, name.shard);
    let followed = shards.get(id);
    if (followed === undefined)
      shards.set(id, (followed = { name, state: UNHEARD_SHARD, steps: new ScrapeSteps(), writtenAtMs: -Infinity }));
    return { id, followed };
  }
}

function isUnheard(state: ShardState): boolean {
  return state.kind === 'waiting' && state.epoch === UNHEARD_SHARD.epoch && state.fromOffset === undefined;
}

function endOf(
  forerunner: (ShardDecision & { readonly verdict: 'follow' })['forerunner'],
): Pick<OpenSeam, 'forerunnerHeardAtMs' | 'forerunnerHighMs'> {
  return { forerunnerHeardAtMs: forerunner?.heardAtMs ?? null, forerunnerHighMs: forerunner?.highMs ?? null };
}
