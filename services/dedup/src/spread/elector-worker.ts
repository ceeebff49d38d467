import { LogError, type Claim } from '@tandem/stream';

import { type PartitionSettings } from '../in-force/partition-settings.ts';
import { SettingsOfferer } from '../in-force/settings-offerer.ts';
import { DedupObserver } from '../observer.ts';
import { PartitionRunner } from '../partition-runner.ts';
import { type WorkerContext } from '../partition-worker.ts';
import { SenderWatches } from '../senders/sender-watches.ts';
import { clusterStatuses, type ClusterStatus, type ElectorStatus } from '../status.ts';
import { Standings } from '../standings.ts';
import { type Transaction } from '../transaction.ts';
import { takeElectorOver, type ElectorState } from './elector-state.ts';
import { Elector } from './elector.ts';

/** Holds one claim on a partition of heartbeats from its beginning to its end. */
export class ElectorWorker {
  readonly #context: WorkerContext;
  readonly #claim: Claim;
  readonly #observer: DedupObserver;
  readonly #watches: SenderWatches;
  readonly #standings: Standings;
  readonly #runner: PartitionRunner;
  readonly #offerer: SettingsOfferer;
  #state: ElectorState | undefined;
  #position: number;
  #end = 0;

  constructor(context: WorkerContext, claim: Claim) {
    this.#context = context;
    this.#claim = claim;
    this.#position = claim.position;
    this.#observer = new DedupObserver(context);
    this.#watches = new SenderWatches((name, report) => this.#observer.judgedSender(name, report));
    this.#standings = new Standings({ ...context, observer: this.#observer, holder: this });
    this.#runner = new PartitionRunner({
      ...context,
      claim,
      // Heartbeats are no samples: nothing is counted in the ledger.
      onCommit: () => undefined,
      onCommitted: (transaction, durationMs) => this.#committed(transaction, durationMs),
      onLost: (lost) => this.#observer.lostHeartbeats(lost),
    });
    this.#offerer = new SettingsOfferer({
      ...context,
      place: { of: 'heartbeats', partition: claim.partition },
      signal: this.#runner.signal,
    });
  }

  get status(): ElectorStatus {
    const { partition } = this.#claim;
    const phase = this.#state === undefined ? 'taking-over' : 'running';
    return { partition, phase, position: this.#position, end: this.#end };
  }

  /** The spread clusters that are elected here. */
  get clusters(): readonly ClusterStatus[] {
    const state = this.#state;
    if (state === undefined) return [];
    return clusterStatuses(this.#claim.partition, state, this.#watches);
  }

  /** Rebuilds the elections of the partition, then decides by its heartbeats until the claim ends. */
  async run(): Promise<void> {
    try {
      const state = await this.#takeOver();
      this.#state = state;
      this.#standings.announceAll(state);
      this.offerSettings();
      await this.#runner.run(await this.#electorOf(state));
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
    const { partition } = this.#claim;
    this.#context.logger.warn({ partition, cluster, owner }, 'lease lost, giving the claim on heartbeats up');
    this.#runner.fail(new LogError('fenced', `cannot keep heartbeats ${partition}: a lease went to "${owner}"`));
  }

  /** The settings by which the partition is judged; `undefined` while it is taken over. */
  get inForce(): PartitionSettings | undefined {
    return this.#state?.inForce;
  }

  /** Puts the configuration into the log where the partition goes by an earlier one. */
  offerSettings(): void {
    if (this.#state === undefined) return;
    const { configured, logger } = this.#context;
    this.#offerer.offer(configured(), this.#state.inForce.newest).catch((error: unknown) => {
      if (!this.#runner.signal.aborted) logger.error({ error }, 'settings cannot be put into the log');
    });
  }

  async #takeOver(): Promise<ElectorState> {
    const { logger, clustersElsewhere } = this.#context;
    const { partition, position } = this.#claim;
    const state = await takeElectorOver({
      ...this.#context,
      claim: this.#claim,
      configured: this.#context.configured(),
      clustersElsewhere: (tenant) => clustersElsewhere(tenant, partition, 'heartbeats'),
      onUnreadable: (topic, offset, problem) =>
        logger.error({ topic, partition, offset, problem }, 'record of ours cannot be read, passed over'),
    });
    logger.info({ partition, position, clusters: state.names.size }, 'elections of spread clusters taken over');
    return state;
  }

  async #electorOf(state: ElectorState): Promise<Elector> {
    const { logger, reader, topics } = this.#context;
    const { partition } = this.#claim;
    return new Elector({
      ...this.#context,
      partition,
      state,
      observer: this.#observer,
      watches: this.#watches,
      samplesPartitions: await reader.partitions(topics.samples),
      onReject: ({ offset }, reason, detail) =>
        logger.warn({ partition, offset, reason, detail }, 'record of heartbeats rejected'),
    });
  }

  #committed(transaction: Transaction, durationMs: number): void {
    const { metrics, now } = this.#context;
    const { next, end, timestampMs } = transaction;
    this.#position = next;
    this.#end = end;
    transaction.committed();
    this.#standings.committed(transaction);
    metrics.commitDuration.observe(durationMs / 1000);
    const lagSeconds = next >= end ? 0 : Math.max(0, now() - timestampMs) / 1000;
    metrics.electorLagSeconds.set({ partition: String(this.#claim.partition) }, lagSeconds);
  }

  #forget(): void {
    const { metrics } = this.#context;
    metrics.electorLagSeconds.remove({ partition: String(this.#claim.partition) });
  }
}
