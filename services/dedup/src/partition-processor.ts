import {
  type ClusterState,
  type DropReason,
  type ElectedState,
  type ElectionEffect,
  type ForgottenCluster,
  type JudgedRecord,
  type VacatedCluster,
} from '@tandem/election';
import {
  barrierRecord,
  clusterKey,
  decodeSamplesHeaders,
  isCommand,
  isSettings,
  senderRecord,
  type SamplesHeaders,
} from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { clusterOutput, electionOutput, leaseOf, type ClusterName } from './cluster-records.ts';
import { writeWatermark } from './deduped-output.ts';
import { LaneChooser, type LetThrough } from './fill/lane-chooser.ts';
import { forgottenOutput, tombstoneOutput } from './forgotten-clusters.ts';
import { SettingsKeeper } from './in-force/settings-keeper.ts';
import { judgedRecord } from './judged-record.ts';
import { placeOf } from './ledger/place-of.ts';
import { PartitionLedger } from './ledger/partition-ledger.ts';
import { obey, type CommandedChange } from './obey.ts';
import { type ProcessorOptions } from './processor-options.ts';
import { RecordFilter } from './record-filter.ts';
import { writeReject } from './reject.ts';
import { type LaneOptions } from './seam/cluster-lane.ts';
import { ClusterLanes } from './seam/cluster-lanes.ts';
import { seamOf } from './seam/open-seam.ts';
import { type ReplicaRecord } from './seam/seam-reader.ts';
import { UnpairedWatch } from './senders/unpaired-watch.ts';
import { ShardFollowers } from './spread/shard-followers.ts';
import { type Transaction } from './transaction.ts';

/** Judges the records of one partition in their order and writes what comes of them into transactions. */
export class PartitionProcessor {
  readonly #options: ProcessorOptions;
  readonly #filter: RecordFilter;
  readonly #settings: SettingsKeeper;
  readonly #ledger: PartitionLedger;
  readonly #unpaired: UnpairedWatch;
  readonly #choose: LaneChooser;
  /** Clusters with an open seam. */
  readonly lanes: ClusterLanes;
  /** Shards of spread clusters. */
  readonly shards: ShardFollowers;

  constructor(options: ProcessorOptions) {
    this.#options = options;
    this.#filter = new RecordFilter(options);
    this.#settings = new SettingsKeeper({ ...options, of: 'samples' });
    this.#unpaired = new UnpairedWatch(options);
    this.#ledger = new PartitionLedger({
      ...options,
      open: options.state.ledger,
      isLaneOpen: (cluster) => this.lanes.get(cluster) !== undefined,
    });
    this.lanes = new ClusterLanes(
      (cluster) => this.#laneOptions(cluster),
      (cluster, transaction) => this.#lanesEnded(cluster, transaction),
    );
    this.#choose = new LaneChooser(options, this.lanes);
    this.shards = new ShardFollowers(options, { lanes: this.lanes, choose: this.#choose });
    const { seams, fillSteps } = options.state;
    for (const cluster of new Set([...seams.keys(), ...fillSteps.keys()])) {
      this.lanes.restore(cluster, { seams: seams.get(cluster) ?? [], fills: fillSteps.get(cluster) ?? [] });
    }
  }

  /** Processes the next record. A promise is only given where the log had to be asked. */
  process(record: LogRecord, transaction: Transaction): Promise<void> | undefined {
    this.#settings.begin(transaction);
    this.#advance(record, transaction);
    if (this.#control(record, transaction)) return undefined;
    const decoded = decodeSamplesHeaders(record.headers);
    if (!decoded.ok) {
      const cause = { reason: 'bad-headers', detail: decoded.problem, samples: 0 };
      writeReject(this.#options, { record, transaction, cause });
      return undefined;
    }
    const { headers } = decoded;
    const judged = judgedRecord(record, headers, record.timestampMs);
    transaction.tally.count(placeOf(record, headers), { records: 1, samples: headers.samples });
    const unpaired = judged === undefined ? headers.tenant : undefined;
    transaction.afterwards(() => this.#options.observer.received(headers.samples, unpaired));
    if (judged === undefined) return this.#filter.pass(record, transaction, { headers });
    if (headers.shard !== undefined) return this.#processOfShard(record, headers, transaction);
    const entry = { record, headers };
    const passed = this.#judge(judged, entry, transaction);
    const lane =
      passed === undefined
        ? this.#choose.laneOfStandby(judged.cluster, judged.replica)
        : this.#choose.laneOf(passed, entry, transaction);
    // What has not joined reads the record by itself.
    if (lane !== undefined) return lane.joined ? lane.process(entry, transaction) : undefined;
    return passed && this.#filter.pass(record, transaction, { headers, epoch: passed.epoch });
  }

  /** A record of a spread cluster: who is elected was decided elsewhere. */
  #processOfShard(record: LogRecord, headers: SamplesHeaders, transaction: Transaction): Promise<void> | undefined {
    const { passed, lane } = this.shards.judge({ record, headers }, transaction);
    if (lane !== undefined) return lane.joined ? lane.process({ record, headers }, transaction) : undefined;
    return passed && this.#filter.pass(record, transaction, { headers, epoch: passed.epoch });
  }

  /** Writes what a transaction counted, before it is committed. */
  settle(transaction: Transaction): void {
    const { nowMs } = this.#options.state.elections;
    for (const output of this.#ledger.settle(transaction.tally, { next: transaction.next, nowMs })) {
      transaction.write(output);
    }
  }

  /** Takes what is in band among the bodies; whether it is of a kind that is known. */
  #control(record: LogRecord, transaction: Transaction): boolean {
    if (isSettings(record.headers)) {
      if (this.#settings.take(record, transaction)) this.#configure(record, transaction);
    } else if (isCommand(record.headers)) this.#obey(record, transaction);
    else if (barrierRecord.is(record.headers)) this.shards.turn(record, transaction);
    else if (senderRecord.is(record.headers)) this.#unpaired.take(record, transaction);
    else return false;
    return true;
  }

  /**
   * Moves the log clock, and the watermark with it; clusters that have been silent for long give their places up, and later
   * they and keys are forgotten.
   */
  #advance(record: LogRecord, transaction: Transaction): void {
    const { state } = this.#options;
    state.index.sweep(record.timestampMs, state.inForce.current.elections.idleTimeoutMs);
    for (const silent of state.elections.advance(record.timestampMs)) {
      if (silent.kind === 'vacated') this.#vacate(silent, record, transaction);
      else this.#forget(silent, record, transaction);
    }
    const { nowMs } = state.elections;
    this.#unpaired.advance(nowMs, transaction);
    const watermarkMs = state.watermark.advance(nowMs, () => this.lanes.holds(nowMs));
    if (watermarkMs !== undefined) writeWatermark(this.#options, transaction, watermarkMs);
  }

  #vacate({ cluster, state: vacant, replica }: VacatedCluster, record: LogRecord, transaction: Transaction): void {
    const { state, observer, watches } = this.#options;
    const name = state.names.get(cluster);
    if (name === undefined) return;
    const { offset, timestampMs: electedAtMs } = record;
    this.lanes.vacate(cluster, { offset, electedAtMs, epoch: vacant.epoch });
    state.fills.forget(cluster);
    this.#writeCluster(record, transaction, { cluster, name, state: vacant });
    transaction.withdraw(cluster);
    watches.forget(cluster);
    transaction.afterwards(() => observer.vacated(name, replica));
  }

  #forget({ cluster, epoch }: ForgottenCluster, record: LogRecord, transaction: Transaction): void {
    const { state, topics, partition, observer } = this.#options;
    const name = state.names.get(cluster);
    if (name === undefined) return;
    this.#erase(record, transaction, { cluster, name });
    const { forgottenEpoch } = state.elections;
    transaction.writeCluster(forgottenOutput(topics, forgottenEpoch, { of: 'samples', partition }));
    transaction.afterwards(() => observer.forgotten(name, epoch));
  }

  /** Takes a cluster that is not known any more out of `clusters`, once there is nothing left to be read of it. */
  #erase(
    at: Pick<LogRecord, 'offset'>,
    transaction: Transaction,
    { cluster, name }: Pick<ClusterChange, 'cluster' | 'name'>,
  ): void {
    const { state, topics, partition } = this.#options;
    const { seams, fills } = this.lanes.openOf(cluster);
    if (seams.length + fills.length > 0) this.#writeCluster(at, transaction, { cluster, name, state: FORGOTTEN });
    else {
      state.names.delete(cluster);
      transaction.writeCluster(tombstoneOutput(topics, name, partition));
    }
  }

  /**
   * Judges by other settings from the next record on. All clusters are written down, so that what was heard before was
   * heard under the settings of then when the partition is taken over.
   */
  #configure(record: LogRecord, transaction: Transaction): void {
    const { elections, names, inForce } = this.#options.state;
    elections.configure(inForce.current.elections, inForce.current.overrides);
    for (const { cluster, state } of elections.entries()) {
      const name = names.get(cluster);
      if (name !== undefined) this.#writeCluster(record, transaction, { cluster, name, state });
    }
    this.shards.writeAll(record, transaction);
  }

  #obey(record: LogRecord, transaction: Transaction): void {
    const onChange = (change: CommandedChange): void => this.#record(record, transaction, change);
    const { elections } = this.#options.state;
    const detail = obey({ ...this.#options, elections, onChange }, record, transaction);
    if (detail === undefined) return;
    writeReject(this.#options, { record, transaction, cause: { reason: 'bad-command', detail, samples: 0 } });
  }

  /** The epoch that lets a record of a pair through, or `undefined` when it goes no further. */
  #judge(judged: JudgedRecord, { record, headers }: ReplicaRecord, transaction: Transaction): LetThrough | undefined {
    const { state } = this.#options;
    const name = { tenant: headers.tenant, cluster: headers.pair?.cluster ?? '' };
    const { cluster: id } = judged;
    const heardBeforeMs = heardMsOf(state.elections.get(id));
    const decision = state.elections.judge(judged);
    // Of a cluster without a place nothing is kept: there may be any number of them.
    if (decision.state?.kind === 'elected') this.#watch(id, name, { record, headers }, transaction);
    if (decision.effect !== undefined && decision.state?.kind === 'elected') {
      state.names.set(id, name);
      this.#record(record, transaction, { cluster: id, name, state: decision.state, effect: decision.effect });
    }
    if (decision.verdict === 'drop') this.#refuse(name, decision.reason, { record, headers }, transaction);
    if (decision.verdict !== 'accept') return undefined;
    const { epoch, replica: elected } = decision.state;
    const write = (): void => this.#writeCluster(record, transaction, { cluster: id, name, state: decision.state });
    return { cluster: id, name, epoch, elected, isElected: decision.reason === 'elected', heardBeforeMs, write };
  }

  #refuse(name: ClusterName, reason: DropReason, { record, headers }: ReplicaRecord, transaction: Transaction): void {
    const { samples } = headers;
    transaction.tally.count(placeOf(record, headers), { dropped: [{ reason, samples }] });
    transaction.afterwards(() => this.#options.observer.refused(name, reason, samples));
  }

  /** Takes note of how a sender does, and which targets are down for it. */
  #watch(cluster: string, name: ClusterName, { record, headers }: ReplicaRecord, transaction: Transaction): void {
    this.#options.watches.heard(cluster, name, record, headers);
    this.#choose.heard({ name, cluster }, headers, transaction);
  }

  #record(
    record: LogRecord,
    transaction: Transaction,
    change: ClusterChange<ElectedState> & { readonly effect: ElectionEffect },
  ): void {
    const { topics, partition, observer, instance } = this.#options;
    const { cluster, name, state, effect } = change;
    if (effect.kind === 'elect') {
      const { election } = effect;
      this.#options.state.fills.ended(cluster);
      transaction.write(electionOutput(topics.elections, name, election, { partition, offset: record.offset }));
      transaction.afterwards(() => observer.elected(name, election));
      // Without a forerunner there is no seam; but what a lane still reads comes first.
      if (election.previous !== undefined || this.lanes.get(cluster) !== undefined) {
        this.lanes.open(cluster, seamOf(election, record.offset));
      }
    }
    this.#writeCluster(record, transaction, change);
    transaction.announce(leaseOf(name, state, instance));
    transaction.afterwards(() => observer.standing(name, state));
  }

  #writeCluster(
    { offset }: Pick<LogRecord, 'offset'>,
    transaction: Transaction,
    { cluster, name, state }: ClusterChange,
  ): void {
    const { topics, partition, state: known, watches } = this.#options;
    const open = this.lanes.openOf(cluster);
    const watch = known.fills.snapshot(cluster);
    const source = { partition, offset };
    const failoverTimeoutMs = known.elections.failoverTimeoutMs({ tenant: name.tenant, cluster, state });
    const told = { failoverTimeoutMs, verdicts: watches.reports(cluster) };
    transaction.writeCluster(
      clusterOutput(topics.clusters, { ...name, state, ...open, watch, ...told, shards: 1 }, source),
    );
  }

  /** The lanes of a vacant cluster have come to where it turned vacant: nobody has to read that again. */
  #lanesEnded(cluster: string, transaction: Transaction): void {
    const { elections, names } = this.#options.state;
    const at = { offset: transaction.next - 1 };
    this.shards.write(cluster, at, transaction);
    const [name, state] = [names.get(cluster), elections.get(cluster)];
    if (name === undefined) return;
    if (state === undefined) this.#erase(at, transaction, { cluster, name });
    else this.#writeCluster(at, transaction, { cluster, name, state });
  }

  #laneOptions(cluster: string): LaneOptions | undefined {
    const countedThrough = (epoch: number): number => this.#ledger.laneThrough(cluster, epoch);
    const ofShard = this.shards.laneOf(cluster);
    if (ofShard !== undefined) return { ...this.#options, ...ofShard, filter: this.#filter, countedThrough };
    const name = this.#options.state.names.get(cluster);
    if (name === undefined) return undefined;
    const key = clusterKey(name.tenant, name.cluster);
    return { ...this.#options, name, cluster, key, filter: this.#filter, countedThrough };
  }
}

/** Of a cluster that is not known any more, while there is something left to be read of it. */
const FORGOTTEN: ClusterState = { kind: 'vacant', epoch: 0, fromTimestampMs: null, heardAtMs: 0 };

/** Log time of the elected replica's newest record, Unix ms; `-Infinity`: nobody is elected. */
function heardMsOf(state: ClusterState | undefined): number {
  return state?.kind === 'elected' ? state.receivedAtMs : -Infinity;
}

/** A state of a cluster that is to be written down. */
interface ClusterChange<State extends ClusterState = ClusterState> {
  readonly cluster: string;
  readonly name: ClusterName;
  readonly state: State;
}
