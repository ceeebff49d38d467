import { type Clock } from '@tandem/lifecycle';
import { LogError, type Claim, type RecordAppender, type RecordReader } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';

import { type ClusterLimit } from './cluster-limit.ts';
import { type ConfiguredSettings } from './in-force/partition-settings.ts';
import { SettingsOfferer } from './in-force/settings-offerer.ts';
import { type LeaseKeeper } from './lease-keeper.ts';
import { type DedupMetrics } from './metrics.ts';
import { DedupObserver } from './observer.ts';
import { PartitionProcessor } from './partition-processor.ts';
import { PartitionRunner } from './partition-runner.ts';
import { type PartitionState } from './partition-state.ts';
import { SenderWatches } from './senders/sender-watches.ts';
import { type DedupTopics, type WorkSettings } from './settings.ts';
import { type PartitionStatus } from './status.ts';
import { takeOver } from './take-over.ts';
import { Standings } from './standings.ts';
import { type Transaction } from './transaction.ts';

/** What all partitions of an instance share. */
export interface WorkerContext {
  readonly reader: RecordReader;
  readonly appender: RecordAppender;
  readonly topics: DedupTopics;
  readonly settings: WorkSettings;
  /** The part of the configuration that decides, as it was last read. */
  readonly configured: () => ConfiguredSettings;
  readonly instance: string;
  readonly leases: LeaseKeeper;
  readonly limit: ClusterLimit;
  /** Elected clusters of a tenant but for those that are elected from this partition of this topic. */
  readonly clustersElsewhere: (tenant: string, partition: number, electedFrom: 'samples' | 'heartbeats') => number;
  readonly logger: Logger;
  readonly metrics: DedupMetrics;
  readonly clock: Clock;
  /** Wall clock, Unix ms. */
  readonly now: () => number;
}

/** Holds one claim from its beginning to its end. */
export class PartitionWorker {
  readonly #context: WorkerContext;
  readonly #claim: Claim;
  readonly #observer: DedupObserver;
  readonly #standings: Standings;
  readonly #runner: PartitionRunner;
  readonly #offerer: SettingsOfferer;
  readonly watches: SenderWatches;
  #state: PartitionState | undefined;
  #processor: PartitionProcessor | undefined;
  #position: number;
  #end = 0;

  constructor(context: WorkerContext, claim: Claim) {
    this.#context = context;
    this.#claim = claim;
    this.#position = claim.position;
    this.#observer = new DedupObserver(context);
    this.watches = new SenderWatches((name, report) => this.#observer.judgedSender(name, report));
    this.#standings = new Standings({ ...context, observer: this.#observer, holder: this });
    this.#runner = new PartitionRunner({
      ...context,
      claim,
      onCommit: (transaction) => this.#processor?.settle(transaction),
      onCommitted: (transaction, durationMs) => this.#committed(transaction, durationMs),
      onLost: (lost) => this.#observer.lost(lost),
    });
    this.#offerer = new SettingsOfferer({
      ...context,
      place: { of: 'samples', partition: claim.partition },
      signal: this.#runner.signal,
    });
  }

  get state(): PartitionState | undefined {
    return this.#state;
  }

  /** Clusters whose seam is being read again. */
  get seamsCatchingUp(): number {
    return this.#processor?.lanes.catchingUp ?? 0;
  }

  /** Shards whose records wait for an election. */
  get shardsWaiting(): number {
    return this.#processor?.shards.waiting ?? 0;
  }

  /** Those that have waited for longer than an election takes. */
  get shardsWaitingLong(): number {
    return this.#processor?.shards.waitingLong ?? 0;
  }

  get status(): PartitionStatus {
    return {
      partition: this.#claim.partition,
      phase: this.#state === undefined ? 'taking-over' : 'running',
      position: this.#position,
      end: this.#end,
      catchingUp: this.seamsCatchingUp,
    };
  }

  /** Rebuilds the partition's state, then processes its records until the claim ends. */
  async run(): Promise<void> {
    try {
      const state = await this.#takeOver();
      this.#state = state;
      this.#standings.announceAll(state);
      this.offerSettings();
      this.#processor = this.#processorOf(state);
      await this.#runner.run(this.#processor);
    } catch (error) {
      // An ending claim ends everything under way; that is no failure.
      if (!this.#claim.signal.aborted) throw error;
    } finally {
      this.#standings.forget(this.#state);
      this.#forget();
    }
  }

  /** The store has given a lease of ours to somebody else, who then holds the partition: begin anew, from the log. */
  lost({ cluster, owner }: { readonly cluster: string; readonly owner: string }): void {
    this.#context.logger.warn({ partition: this.#claim.partition, cluster, owner }, 'lease lost, giving the claim up');
    this.#runner.fail(
      new LogError('fenced', `cannot keep partition ${this.#claim.partition}: a lease went to "${owner}"`),
    );
  }

  /** Puts the configuration into the log where the partition goes by an earlier one. */
  offerSettings(): void {
    if (this.#state === undefined) return;
    const { configured, logger } = this.#context;
    this.#offerer.offer(configured(), this.#state.inForce.newest).catch((error: unknown) => {
      if (!this.#runner.signal.aborted) logger.error({ error }, 'settings cannot be put into the log');
    });
  }

  async #takeOver(): Promise<PartitionState> {
    const { clock, logger, metrics, clustersElsewhere } = this.#context;
    const { partition, position } = this.#claim;
    const beganMs = clock.now();
    const state = await takeOver({
      ...this.#context,
      claim: this.#claim,
      configured: this.#context.configured(),
      clustersElsewhere: (tenant) => clustersElsewhere(tenant, partition, 'samples'),
      onUnreadable: (topic, offset, problem) =>
        logger.error({ topic, partition, offset, problem }, 'record of ours cannot be read, passed over'),
    });
    const tookMs = clock.now() - beganMs;
    metrics.takeOver.observe(tookMs / 1000);
    const seconds = Math.round(tookMs) / 1000;
    const clusters = state.names.size;
    logger.info({ partition, position, clusters, series: state.index.size, seconds }, 'partition taken over');
    return state;
  }

  #processorOf(state: PartitionState): PartitionProcessor {
    const { logger, metrics } = this.#context;
    return new PartitionProcessor({
      ...this.#context,
      partition: this.#claim.partition,
      signal: this.#runner.signal,
      state,
      observer: this.#observer,
      watches: this.watches,
      unwritten: () => this.#runner.unwritten,
      onLookBack: () => metrics.lookBacks.inc(),
      onReject: ({ offset }, reason, detail) =>
        logger.warn({ partition: this.#claim.partition, offset, reason, detail }, 'record rejected'),
    });
  }

  #committed(transaction: Transaction, durationMs: number): void {
    const { metrics } = this.#context;
    this.#position = transaction.next;
    this.#end = transaction.end;
    transaction.committed();
    this.#standings.committed(transaction);
    // Settings that were on their way to the log may have been met in it.
    this.offerSettings();
    metrics.commitDuration.observe(durationMs / 1000);
    this.#reportLag(transaction);
  }

  #reportLag({ next, end, timestampMs }: Transaction): void {
    const { metrics, now } = this.#context;
    const labels = { partition: String(this.#claim.partition) };
    metrics.lagRecords.set(labels, Math.max(0, end - next));
    metrics.lagSeconds.set(labels, next >= end ? 0 : Math.max(0, now() - timestampMs) / 1000);
  }

  #forget(): void {
    const { metrics } = this.#context;
    const labels = { partition: String(this.#claim.partition) };
    metrics.lagRecords.remove(labels);
    metrics.lagSeconds.remove(labels);
    metrics.watermark.remove(labels);
  }
}
