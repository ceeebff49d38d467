import {
  isElectable,
  type ClusterState,
  type ElectedState,
  type ElectionEffect,
  type ForgottenCluster,
  type VacatedCluster,
} from '@tandem/election';
import {
  clusterId,
  heartbeatRecord,
  isCommand,
  isSettings,
  spreadTable,
  type Heartbeat,
  type ShardsOf,
} from '@tandem/records';
import { MAX_SHARDS } from '@tandem/series';
import { type LogRecord } from '@tandem/stream';

import { clusterOutput, electionOutput, leaseOf, type ClusterName } from '../cluster-records.ts';
import { forgottenOutput, tombstoneOutput } from '../forgotten-clusters.ts';
import { SettingsKeeper } from '../in-force/settings-keeper.ts';
import { obey, type CommandedChange } from '../obey.ts';
import { type RecordProcessor } from '../partition-runner.ts';
import { type ProcessorOptions } from '../processor-options.ts';
import { writeReject } from '../reject.ts';
import { type Transaction } from '../transaction.ts';
import { barrierOutputs, FORGOTTEN_REASON, standingTurn, type Turn } from './barriers.ts';
import { judgedHeartbeat, spanOf, type ElectorState } from './elector-state.ts';

/** What a partition of heartbeats is processed with. */
export interface ElectorOptions extends Pick<
  ProcessorOptions,
  'partition' | 'topics' | 'settings' | 'instance' | 'observer' | 'watches' | 'onReject'
> {
  readonly state: ElectorState;
  /** Partitions of `samples`. */
  readonly samplesPartitions: number;
}

/** Nothing is read again here. */
const NO_LANES: RecordProcessor['lanes'] = { ready: () => undefined, step: () => Promise.resolve() };

/**
 * Decides the elections of spread clusters: a heartbeat is judged as a record is, and what is decided goes in one
 * transaction to `elections`, to `clusters`, and as a barrier into the partition of every shard.
 */
export class Elector implements RecordProcessor {
  readonly lanes = NO_LANES;
  readonly #options: ElectorOptions;
  readonly #shardsOf: ShardsOf;
  readonly #settings: SettingsKeeper;

  constructor(options: ElectorOptions) {
    this.#options = options;
    this.#shardsOf = spreadTable(options.settings.spread ?? []);
    this.#settings = new SettingsKeeper({ ...options, of: 'heartbeats' });
  }

  /** Processes the next heartbeat, command or settings. */
  process(record: LogRecord, transaction: Transaction): undefined {
    this.#settings.begin(transaction);
    this.#advance(record, transaction);
    if (isSettings(record.headers)) {
      if (this.#settings.take(record, transaction)) this.#configure(record, transaction);
    } else if (isCommand(record.headers)) this.#obey(record, transaction);
    else this.#hear(record, transaction);
  }

  #hear(record: LogRecord, transaction: Transaction): void {
    const decoded = heartbeatRecord.decode(record);
    const problem = decoded.ok ? problemOf(decoded.value) : decoded.problem;
    if (problem !== undefined) this.#reject(record, transaction, { reason: 'bad-heartbeat', detail: problem });
    else if (decoded.ok && isElectable(decoded.value.replica)) this.#judge(record, transaction, decoded.value);
  }

  /** Moves the log clock: clusters that have been silent for long give their places up. */
  #advance(record: LogRecord, transaction: Transaction): void {
    const { state } = this.#options;
    for (const silent of state.elections.advance(record.timestampMs)) {
      const name = state.names.get(silent.cluster);
      if (name === undefined) continue;
      if (silent.kind === 'vacated') this.#vacate(record, transaction, { ...silent, name });
      else this.#forget(record, transaction, { ...silent, name });
    }
  }

  #vacate(record: LogRecord, transaction: Transaction, vacated: VacatedCluster & { readonly name: ClusterName }): void {
    const { state, observer, watches } = this.#options;
    const { cluster, name, state: vacant, replica } = vacated;
    const electedAtMs = state.elections.nowMs;
    this.#bar(record, transaction, { name, turn: { epoch: vacant.epoch, replica: null, reason: 'idle', electedAtMs } });
    this.#writeCluster(record, transaction, { name, state: vacant });
    transaction.withdraw(cluster);
    watches.forget(cluster);
    transaction.afterwards(() => observer.vacated(name, replica));
  }

  #forget(
    record: LogRecord,
    transaction: Transaction,
    { cluster, name, epoch }: ForgottenCluster & { readonly name: ClusterName },
  ): void {
    const { state, topics, partition, observer } = this.#options;
    const { nowMs: electedAtMs, forgottenEpoch } = state.elections;
    this.#bar(record, transaction, { name, turn: { epoch, replica: null, reason: FORGOTTEN_REASON, electedAtMs } });
    state.names.delete(cluster);
    state.shards.delete(cluster);
    transaction.writeCluster(tombstoneOutput(topics, name, partition));
    transaction.writeCluster(forgottenOutput(topics, forgottenEpoch, { of: 'heartbeats', partition }));
    transaction.afterwards(() => observer.forgotten(name, epoch));
  }

  #judge(record: LogRecord, transaction: Transaction, heartbeat: Heartbeat): void {
    const { state, observer } = this.#options;
    const { tenant, cluster } = heartbeat;
    if (this.#shardsOf(tenant, cluster) === 1) {
      transaction.afterwards(() => observer.voidHeartbeat({ tenant, cluster }));
      return;
    }
    const name = { tenant, cluster };
    const id = clusterId(tenant, cluster);
    const hasGrown = this.#grow(record, transaction, { name, shards: heartbeat.shards });
    const decision = state.elections.judge(judgedHeartbeat(record, heartbeat, record.timestampMs));
    if (decision.verdict === 'drop' && decision.reason === 'too-many-clusters') {
      transaction.afterwards(() => observer.refused(name, 'too-many-clusters', 0));
    }
    // Of a cluster without a place nothing is kept: there may be any number of them.
    if (decision.state === undefined) state.shards.delete(id);
    if (decision.state?.kind !== 'elected') return;
    this.#watch(record, heartbeat);
    state.names.set(id, name);
    if (decision.effect !== undefined) {
      this.#record(record, transaction, { name, state: decision.state, effect: decision.effect });
    } else if (hasGrown) this.#writeCluster(record, transaction, { name, state: decision.state });
  }

  /**
   * Takes note of how many shards the senders' samples go to. Shards that are new are told who is elected; none is left
   * alone while somebody is elected, since instances of ingest may still differ.
   */
  #grow(
    record: LogRecord,
    transaction: Transaction,
    { name, shards }: { readonly name: ClusterName; readonly shards: number },
  ): boolean {
    const { state } = this.#options;
    const id = clusterId(name.tenant, name.cluster);
    const standing = state.elections.get(id);
    const known = standing?.kind === 'elected' ? (state.shards.get(id) ?? 1) : 0;
    if (shards <= known) return false;
    state.shards.set(id, shards);
    if (standing?.kind === 'elected') this.#bar(record, transaction, { name, turn: standingTurn(standing) });
    return true;
  }

  #obey(record: LogRecord, transaction: Transaction): void {
    const onChange = (change: CommandedChange): void => this.#record(record, transaction, change);
    const { elections } = this.#options.state;
    const detail = obey({ ...this.#options, elections, onChange }, record, transaction);
    if (detail !== undefined) this.#reject(record, transaction, { reason: 'bad-command', detail });
  }

  /** Judges by other settings from the next heartbeat on; all clusters are written down, as the partitions of samples do. */
  #configure(record: LogRecord, transaction: Transaction): void {
    const { elections, names, inForce } = this.#options.state;
    elections.configure(inForce.current.elections, inForce.current.overrides);
    for (const { cluster, state } of elections.entries()) {
      const name = names.get(cluster);
      if (name !== undefined) this.#writeCluster(record, transaction, { name, state });
    }
  }

  #record(
    record: LogRecord,
    transaction: Transaction,
    change: { readonly name: ClusterName; readonly state: ElectedState; readonly effect: ElectionEffect },
  ): void {
    const { topics, partition, observer, instance } = this.#options;
    const { name, state, effect } = change;
    if (effect.kind === 'elect') {
      const { election } = effect;
      transaction.write(electionOutput(topics.elections, name, election, { partition, offset: record.offset }));
      this.#bar(record, transaction, { name, turn: election });
      transaction.afterwards(() => observer.elected(name, election));
    }
    this.#writeCluster(record, transaction, change);
    transaction.announce(leaseOf(name, state, instance));
    transaction.afterwards(() => observer.standing(name, state));
  }

  /** Puts a barrier into the partition of every shard. */
  #bar(
    record: LogRecord,
    transaction: Transaction,
    { name, turn }: { readonly name: ClusterName; readonly turn: Turn },
  ): void {
    const { topics, partition, samplesPartitions } = this.#options;
    const places = { topic: topics.samples, partitions: samplesPartitions, shards: this.#shardCount(name) };
    const source = { partition, offset: record.offset };
    for (const barrier of barrierOutputs(name, turn, places, source)) transaction.write(barrier);
  }

  #writeCluster(
    record: LogRecord,
    transaction: Transaction,
    { name, state }: { readonly name: ClusterName; readonly state: ClusterState },
  ): void {
    const { topics, partition, state: known, watches } = this.#options;
    const cluster = clusterId(name.tenant, name.cluster);
    const failoverTimeoutMs = known.elections.failoverTimeoutMs({ tenant: name.tenant, cluster, state });
    const shards = this.#shardCount(name);
    const stored = {
      ...name,
      state,
      seams: [],
      fills: [],
      watch: null,
      failoverTimeoutMs,
      shards,
      verdicts: watches.reports(cluster),
    };
    transaction.writeCluster(clusterOutput(topics.clusters, stored, { partition, offset: record.offset }));
  }

  #shardCount({ tenant, cluster }: ClusterName): number {
    return this.#options.state.shards.get(clusterId(tenant, cluster)) ?? 1;
  }

  #watch(record: LogRecord, heartbeat: Heartbeat): void {
    const { tenant, cluster, replica, samples, receivedUntilMs: receivedAtMs } = heartbeat;
    const span = spanOf(heartbeat);
    const seen = { receivedAtMs, samples, pair: { cluster, replica }, ...(span === undefined ? {} : { span }) };
    this.#options.watches.heard(clusterId(tenant, cluster), { tenant, cluster }, record, seen);
  }

  #reject(
    record: LogRecord,
    transaction: Transaction,
    cause: { readonly reason: string; readonly detail: string },
  ): void {
    const { topics } = this.#options;
    const options = { ...this.#options, sourceTopic: topics.heartbeats };
    writeReject(options, { record, transaction, cause: { ...cause, samples: 0 } });
  }
}

function problemOf({ shards }: Heartbeat): string | undefined {
  return shards >= 1 && shards <= MAX_SHARDS ? undefined : `a cluster cannot have ${shards} shards`;
}
