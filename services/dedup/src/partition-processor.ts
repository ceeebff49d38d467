import { isElectable, type ElectedState, type ElectionEffect } from '@tandem/election';
import { clusterId, decodeSamplesHeaders, rejectRecord, type SamplesHeaders } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { BodyReworker } from './body.ts';
import { keyText } from './bytes.ts';
import { clusterOutput, electionOutput, leaseOf, type ClusterName } from './cluster-records.ts';
import { dedupedOutput } from './deduped-output.ts';
import { type DedupObserver } from './observer.ts';
import { type PartitionState } from './partition-state.ts';
import { type DedupSettings, type DedupTopics } from './settings.ts';
import { type Transaction } from './transaction.ts';

/** What a partition is processed with. */
export interface ProcessorOptions {
  readonly partition: number;
  readonly topics: DedupTopics;
  readonly settings: DedupSettings;
  /** Owner of the leases. */
  readonly instance: string;
  readonly state: PartitionState;
  readonly observer: DedupObserver;
  /** Told of each time `deduped` is read again for older samples. */
  readonly onLookBack: () => void;
  /** Told of each record that goes to `rejects`. */
  readonly onReject: (record: LogRecord, reason: string, detail: string) => void;
  /** Transactions that are not known to be committed, oldest first, the one records go into last. */
  readonly unwritten: () => readonly Transaction[];
}

/** Who let a record through. */
interface Passage {
  readonly headers: SamplesHeaders;
  /** Absent: it is of no pair. */
  readonly epoch?: number;
}

/** Judges the records of one partition in their order and writes what comes of them into transactions. */
export class PartitionProcessor {
  readonly #options: ProcessorOptions;
  readonly #bodies: BodyReworker;

  constructor(options: ProcessorOptions) {
    this.#options = options;
    this.#bodies = new BodyReworker(options.settings);
  }

  /** Processes the next record. A promise is only given where the log had to be asked. */
  process(record: LogRecord, transaction: Transaction): Promise<void> | undefined {
    this.#advance(record, transaction);
    const decoded = decodeSamplesHeaders(record.headers);
    if (!decoded.ok) {
      this.#reject(record, transaction, { reason: 'bad-headers', detail: decoded.problem, samples: 0 });
      return undefined;
    }
    const { headers } = decoded;
    const paired = headers.pair !== undefined && isElectable(headers.pair.replica);
    transaction.afterwards(() => this.#options.observer.received(headers.samples, paired ? undefined : headers.tenant));
    if (!paired) return this.#pass(record, transaction, { headers });
    const epoch = this.#judge(record, transaction, headers);
    return epoch === undefined ? undefined : this.#pass(record, transaction, { headers, epoch });
  }

  /** Moves the log clock; clusters that have been silent for long give their places up, and keys are forgotten. */
  #advance(record: LogRecord, transaction: Transaction): void {
    const { state, observer, topics, partition, settings } = this.#options;
    state.index.sweep(record.timestampMs, settings.elections.idleTimeoutMs);
    for (const { cluster, state: vacant, replica } of state.elections.advance(record.timestampMs)) {
      const name = state.names.get(cluster);
      if (name === undefined) continue;
      transaction.writeCluster(clusterOutput(topics.clusters, name, vacant, { partition, offset: record.offset }));
      transaction.withdraw(cluster);
      transaction.afterwards(() => observer.vacated(name, replica));
    }
  }

  /** The epoch that lets a record of a pair through, or `undefined` when it goes no further. */
  #judge(record: LogRecord, transaction: Transaction, headers: SamplesHeaders): number | undefined {
    const { state, observer } = this.#options;
    const { cluster = '', replica = '' } = headers.pair ?? {};
    const name = { tenant: headers.tenant, cluster };
    const id = clusterId(name.tenant, cluster);
    const decision = state.elections.judge({
      tenant: name.tenant,
      cluster: id,
      replica,
      timestampMs: record.timestampMs,
      ...headers.span,
    });
    if (decision.verdict !== 'accept') {
      if (decision.verdict === 'drop') {
        const { reason } = decision;
        transaction.afterwards(() => observer.refused(name, reason, headers.samples));
      }
      return undefined;
    }
    if (decision.effect !== undefined) {
      state.names.set(id, name);
      this.#record(record, transaction, { name, state: decision.state, effect: decision.effect });
    }
    return decision.state.epoch;
  }

  #record(
    record: LogRecord,
    transaction: Transaction,
    change: { readonly name: ClusterName; readonly state: ElectedState; readonly effect: ElectionEffect },
  ): void {
    const { topics, partition, observer, instance } = this.#options;
    const { name, state, effect } = change;
    const source = { partition, offset: record.offset };
    if (effect.kind === 'elect') {
      const { election } = effect;
      transaction.write(electionOutput(topics.elections, name, election, source));
      transaction.afterwards(() => observer.elected(name, election));
    }
    transaction.writeCluster(clusterOutput(topics.clusters, name, state, source));
    transaction.announce(leaseOf(name, state, instance));
    transaction.afterwards(() => observer.standing(name, state));
  }

  /** Lets a record through the filter of repeats; first makes sure that the filter remembers far enough back. */
  #pass(record: LogRecord, transaction: Transaction, passage: Passage): Promise<void> | undefined {
    const { index } = this.#options.state;
    const key = keyText(record.key);
    const { span } = passage.headers;
    index.heard(key, record.timestampMs);
    if (span !== undefined && span.minTimestampMs <= index.floorMs(key)) {
      return this.#lookBack(key, span.minTimestampMs).then(() => this.#rework(record, transaction, passage));
    }
    return this.#rework(record, transaction, passage);
  }

  async #lookBack(key: string, sinceMs: number): Promise<void> {
    const { state, unwritten, onLookBack } = this.#options;
    const outputs = unwritten().flatMap((transaction) => transaction.outputs);
    const { table, floorMs } = await state.history.lookBack(key, sinceMs, outputs);
    state.index.replace(key, table, floorMs);
    onLookBack();
  }

  #rework(record: LogRecord, transaction: Transaction, { headers, epoch }: Passage): Promise<void> | undefined {
    const { state, observer, settings } = this.#options;
    const { samples, protocol } = headers;
    if (record.value === null) {
      this.#reject(record, transaction, { reason: 'no-value', detail: 'the record has no value', samples });
      return undefined;
    }
    const key = keyText(record.key);
    const replicaLabel = epoch === undefined ? null : settings.replicaLabel;
    const reworked = this.#bodies.rework({
      protocol,
      value: record.value,
      replicaLabel,
      series: state.index.table(key),
    });
    if (!reworked.ok) {
      const { code, message } = reworked.problem;
      this.#reject(record, transaction, { reason: code, detail: message, samples });
      // The table has seen samples that nobody will get: make it anew from what was let through.
      return reworked.tainted ? this.#lookBack(key, state.index.floorMs(key) + 1) : undefined;
    }
    if (reworked.maxTimestampMs !== undefined) state.index.advanced(key, reworked.maxTimestampMs);
    for (const part of reworked.parts) {
      transaction.write(dedupedOutput(this.#options, record, { headers, epoch, part }));
      state.highTimestampMs = Math.max(state.highTimestampMs, part.maxTimestampMs ?? -Infinity);
    }
    const { keptSamples, droppedSamples } = reworked;
    transaction.afterwards(() => {
      observer.emitted(keptSamples);
      if (droppedSamples > 0) observer.dropped('repeat', droppedSamples);
    });
    return undefined;
  }

  #reject(
    record: LogRecord,
    transaction: Transaction,
    cause: { readonly reason: string; readonly detail: string; readonly samples: number },
  ): void {
    const { topics, partition, settings, observer, onReject } = this.#options;
    const { reason, detail, samples } = cause;
    const { offset, timestampMs, key, headers, value } = record;
    const reject = {
      by: 'dedup',
      reason,
      detail,
      sourceTopic: topics.samples,
      sourcePartition: partition,
      sourceOffset: offset,
      timestampMs,
      key,
      headers,
      value,
    };
    const encoded = rejectRecord.encode(reject, settings.maxRecordBytes);
    transaction.write({ topic: topics.rejects, partition, key: new TextEncoder().encode(topics.samples), ...encoded });
    transaction.afterwards(() => {
      observer.rejected(reason);
      observer.dropped('reject', samples);
      onReject(record, reason, detail);
    });
  }
}
