import { decideShard, UNHEARD_SHARD, type ShardDecision, type ShardState } from '@tandem/election';
import { shardId, shardKey, type SamplesHeaders } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { keyText } from '../bytes.ts';
import { placeOf } from '../ledger/place-of.ts';
import { type ProcessorOptions } from '../processor-options.ts';
import { writeReject } from '../reject.ts';
import { type LaneOptions } from '../seam/cluster-lane.ts';
import { type ClusterLanes } from '../seam/cluster-lanes.ts';
import { type OpenSeam } from '../seam/open-seam.ts';
import { type Transaction } from '../transaction.ts';
import { readBarrier, shardOutput, type ShardName } from './shard-records.ts';

/** Records that have waited for so long for an election are told of, ms: heartbeats come every second. */
const LONG_WAIT_MS = 30_000;

/** A shard of this partition, and what it follows. */
export interface FollowedShard {
  readonly name: ShardName;
  state: ShardState;
}

/** Who let a record of a shard through. */
export interface AcceptedByShard {
  /** Name of the shard: its key's text. */
  readonly id: string;
  readonly epoch: number;
}

/**
 * The shards of spread clusters in one partition. Nobody is elected here: each follows the barriers that the owner of the
 * cluster's heartbeats has put into the partition, and at each a lane continues the series (SPEC, "Spread clusters").
 */
export class ShardFollowers {
  readonly #options: ProcessorOptions;
  readonly #lanes: ClusterLanes;
  /** Log time at which records of a shard began to wait, as far as seen here, Unix ms. */
  readonly #waitingSinceMs = new Map<string, number>();
  #nowMs = 0;

  constructor(options: ProcessorOptions, lanes: ClusterLanes) {
    this.#options = options;
    this.#lanes = lanes;
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

  /** Judges a record of a shard; `undefined` when it goes no further for now. */
  judge(record: LogRecord, transaction: Transaction, headers: SamplesHeaders): AcceptedByShard | undefined {
    const { tenant, pair, shard = 0, samples } = headers;
    const { cluster = '', replica = '' } = pair ?? {};
    const { id, followed } = this.#of({ tenant, cluster, shard });
    const before = followed.state;
    const decision = decideShard(before, { kind: 'record', replica, offset: record.offset });
    followed.state = decision.state;
    this.#nowMs = record.timestampMs;
    // From here on records wait: whoever takes the partition over has to know from where.
    if (decision.state !== before) {
      this.#options.state.watermark.expect(keyText(record.key), before.epoch);
      this.write(id, record, transaction);
    }
    if (decision.verdict === 'accept') return { id, epoch: decision.state.epoch };
    if (decision.verdict === 'drop') {
      const { reason } = decision;
      transaction.tally.count(placeOf(record, headers), { dropped: [{ reason, samples }] });
      if (reason === 'unelected' && !this.#waitingSinceMs.has(id)) this.#waitingSinceMs.set(id, record.timestampMs);
      transaction.afterwards(() => this.#options.observer.refused({ tenant, cluster }, reason, samples));
    }
    return undefined;
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
    if (decision.verdict === 'wait') this.#lanes.vacate(id, { ...this.#placeOf(record), epoch: decision.state.epoch });
    if (decision.verdict === 'follow') {
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
    const stored = { ...followed.name, state: followed.state, seams: this.#lanes.openOf(id).seams };
    transaction.writeCluster(shardOutput(topics.clusters, stored, { partition, offset }));
  }

  /** Where a barrier is; its time by the clock of the partition (E9). */
  #placeOf({ offset }: LogRecord): Pick<OpenSeam, 'offset' | 'electedAtMs'> {
    return { offset, electedAtMs: this.#options.state.elections.nowMs };
  }

  #of(name: ShardName): { readonly id: string; readonly followed: FollowedShard } {
    const { shards } = this.#options.state;
    const id = shardId(name.tenant, name.cluster, name.shard);
    let followed = shards.get(id);
    if (followed === undefined) shards.set(id, (followed = { name, state: UNHEARD_SHARD }));
    return { id, followed };
  }
}

function endOf(
  forerunner: (ShardDecision & { readonly verdict: 'follow' })['forerunner'],
): Pick<OpenSeam, 'forerunnerHeardAtMs' | 'forerunnerHighMs'> {
  return { forerunnerHeardAtMs: forerunner?.heardAtMs ?? null, forerunnerHighMs: forerunner?.highMs ?? null };
}
