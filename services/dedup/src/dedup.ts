import { type LeaseStore } from '@tandem/election';
import { classify } from '@tandem/errors';
import { type Clock, type Component } from '@tandem/lifecycle';
import { type SettingsScope } from '@tandem/records';
import { type Claim, type Log, type Membership } from '@tandem/stream';
import { throttleLogger, type Logger, type Metrics } from '@tandem/telemetry';

import { ClusterCensus } from './cluster-census.ts';
import { ClusterLimit } from './cluster-limit.ts';
import { settingsDocument } from './in-force/decision-settings.ts';
import { type ConfiguredSettings, type PartitionSettings } from './in-force/partition-settings.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { LeasePurge } from './lease-purge.ts';
import { DEDUP_METRICS } from './metrics.ts';
import { outlast } from './outlast.ts';
import { type PartitionState } from './partition-state.ts';
import { PartitionWorker, type WorkerContext } from './partition-worker.ts';
import { electorGroup, type DecisionSettings, type DedupSettings, type DedupTopics } from './settings.ts';
import { unpairedStatuses } from './senders/unpaired-watch.ts';
import { ElectorWorker } from './spread/elector-worker.ts';
import { clusterStatuses, type DedupStatus } from './status.ts';

/** What dedup is made with. */
export interface DedupOptions {
  readonly log: Log;
  readonly leases: LeaseStore;
  readonly topics: DedupTopics;
  readonly settings: DedupSettings;
  /** Name of this instance, unique among all: the owner of its leases. */
  readonly instance: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Wall clock, Unix ms. */
  readonly now: () => number;
}

/** The service as a component of a process. */
export interface DedupService extends Component {
  readonly name: 'dedup';
  /**
   * Goes by another configuration, as far as it decides: it is put into the log, and in force from there on. The rest of
   * the settings stays as it was when the service was made.
   */
  reload(settings: DecisionSettings): void;
  /** What this instance does now. */
  status(): DedupStatus;
  /** Why it does not work yet, or `undefined`; a degraded instance is ready. */
  readiness(): string | undefined;
}

/** Elects a replica per cluster and writes what it sends, once, to `deduped`. */
export function createDedup(options: DedupOptions): DedupService {
  return new Dedup(options);
}

class Dedup implements DedupService {
  readonly name = 'dedup';
  readonly #options: DedupOptions;
  readonly #context: WorkerContext;
  readonly #census: ClusterCensus;
  readonly #leasePurge: LeasePurge;
  readonly #workers = new Set<PartitionWorker>();
  #configured: ConfiguredSettings;
  readonly #electors = new Set<ElectorWorker>();
  #memberships: readonly Membership[] = [];
  #phase: 'new' | 'running' | 'stopped' = 'new';

  constructor(options: DedupOptions) {
    this.#options = options;
    this.#configured = this.#read(options.settings, false);
    const { settings, log, topics, clock } = options;
    const logger = throttleLogger(options.logger, { now: options.now });
    const metrics = options.metrics.instruments(DEDUP_METRICS);
    const { updateTimeoutMs, updateTimeoutJitterMs } = settings.elections;
    this.#census = new ClusterCensus({
      reader: log,
      topic: topics.clusters,
      intervalMs: updateTimeoutMs,
      clock,
      logger,
    });
    const leases = new LeaseKeeper({
      store: options.leases,
      owner: options.instance,
      ttlMs: settings.leaseTtlMs,
      renewAfterMs: updateTimeoutMs + updateTimeoutJitterMs,
      clock,
      logger,
      metrics,
    });
    this.#leasePurge = new LeasePurge({
      store: options.leases,
      afterMs: () => this.#configured.settings.elections.forgetAfterMs,
      clock,
      logger,
    });
    this.#context = {
      ...options,
      reader: log,
      appender: log,
      configured: () => this.#configured,
      leases,
      limit: new ClusterLimit({ clock, logger }),
      logger,
      metrics,
      clustersElsewhere: (tenant, partition, electedFrom) => this.#census.elsewhere(tenant, partition, electedFrom),
    };
    options.metrics.beforeRender(() => this.#collect());
  }

  async start(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const { logger } = this.#context;
    await this.#census.start(signal);
    const samples = await outlast(() => this.#joinSamples(), { clock, logger, signal });
    this.#memberships = [samples];
    if (this.#electsSpread) {
      const heartbeats = await outlast(() => this.#joinHeartbeats(), { clock, logger, signal });
      this.#memberships = [samples, heartbeats];
    }
    // Whoever stopped it meanwhile found nothing to leave.
    if (this.#phase === 'stopped') await this.#leave();
    else this.#phase = 'running';
  }

  get #electsSpread(): boolean {
    return this.#options.settings.spread?.some(({ shards }) => shards > 1) === true;
  }

  #joinSamples(): Promise<Membership> {
    const { topics, settings } = this.#options;
    return this.#join(settings.group, topics.samples, (claim) =>
      held(this.#workers, new PartitionWorker(this.#context, claim)),
    );
  }

  #joinHeartbeats(): Promise<Membership> {
    const { topics, settings } = this.#options;
    return this.#join(electorGroup(settings), topics.heartbeats, (claim) =>
      held(this.#electors, new ElectorWorker(this.#context, claim)),
    );
  }

  #join(group: string, topic: string, onClaim: (claim: Claim) => Promise<void>): Promise<Membership> {
    return this.#options.log.join({
      group,
      topics: [topic],
      onClaim,
      onError: (error) => {
        this.#context.metrics.claimsEnded.inc({ error: classify(error) });
        this.#context.logger.warn({ error }, 'partition or membership interrupted');
      },
    });
  }

  async stop(): Promise<void> {
    this.#phase = 'stopped';
    await this.#leave();
    await this.#context.leases.stop();
    await this.#leasePurge.stop();
    await this.#census.stop();
  }

  reload(settings: DecisionSettings): void {
    this.#configured = this.#read(settings, true);
    for (const worker of [...this.#workers, ...this.#electors]) worker.offerSettings();
  }

  #read(settings: DecisionSettings, isReload: boolean): ConfiguredSettings {
    const { instance, now } = this.#options;
    return { settings, ...settingsDocument(settings), instance, readAtMs: now(), isReload };
  }

  async #leave(): Promise<void> {
    const memberships = this.#memberships;
    this.#memberships = [];
    await Promise.all(memberships.map((membership) => membership.leave()));
  }

  status(): DedupStatus {
    const workers = [...this.#workers].sort((a, b) => a.status.partition - b.status.partition);
    return {
      instance: this.#options.instance,
      partitions: workers.map(({ status }) => status),
      electors: Array.from(this.#electors, ({ status }) => status).sort((a, b) => a.partition - b.partition),
      clusters: [
        ...workers.flatMap(({ state, status, watches }) =>
          state === undefined ? [] : clusterStatuses(status.partition, electedIn(state), watches),
        ),
        ...Array.from(this.#electors, ({ clusters }) => clusters).flat(),
      ],
      senders: workers.flatMap(({ state, status }) =>
        state === undefined ? [] : unpairedStatuses(status.partition, state.senders),
      ),
      degraded: [
        ...this.#context.leases.degraded,
        ...this.#context.limit.degraded,
        ...this.#foreignSettings(),
        ...waitingNote(workers.reduce((sum, worker) => sum + worker.shardsWaitingLong, 0)),
      ],
    };
  }

  /** The partitions that are judged by another configuration, in a few words. */
  #foreignSettings(): readonly string[] {
    const { samples, heartbeats } = this.#foreignPartitions();
    const note = 'are judged by other settings than configured here';
    return [
      ...(samples.length === 0 ? [] : [`partitions ${samples.join(', ')} ${note}`]),
      ...(heartbeats.length === 0 ? [] : [`partitions ${heartbeats.join(', ')} of heartbeats ${note}`]),
    ];
  }

  #foreignPartitions(): Readonly<Record<SettingsScope, readonly number[]>> {
    const { hash } = this.#configured;
    const isForeign = (inForce: PartitionSettings | undefined): boolean =>
      inForce !== undefined && inForce.newest.hash !== hash;
    const samples = [...this.#workers].filter(({ state }) => isForeign(state?.inForce));
    const heartbeats = [...this.#electors].filter(({ inForce }) => isForeign(inForce));
    const partitionOf = ({ status }: PartitionWorker | ElectorWorker): number => status.partition;
    return { samples: samples.map(partitionOf), heartbeats: heartbeats.map(partitionOf) };
  }

  readiness(): string | undefined {
    if (this.#phase === 'running') return undefined;
    return this.#phase === 'new' ? 'dedup has not joined its group yet' : 'dedup has stopped';
  }

  #collect(): void {
    const { metrics, leases } = this.#context;
    const indexes = Array.from(this.#workers, ({ state }) => state?.index);
    metrics.claims.set(this.#workers.size);
    const foreign = this.#foreignPartitions();
    metrics.settingsForeign.set(foreign.samples.length + foreign.heartbeats.length);
    metrics.series.set(indexes.reduce((sum, index) => sum + (index?.size ?? 0), 0));
    metrics.seriesBytes.set(indexes.reduce((sum, index) => sum + (index?.memoryBytes ?? 0), 0));
    metrics.seamsOpen.set(Array.from(this.#workers).reduce((sum, worker) => sum + worker.seamsCatchingUp, 0));
    metrics.fillsOpen.set(Array.from(this.#workers).reduce((sum, { state }) => sum + (state?.fills.openCount ?? 0), 0));
    this.#collectClusters();
    metrics.waitingShards.set(Array.from(this.#workers).reduce((sum, worker) => sum + worker.shardsWaiting, 0));
    metrics.leasesHeld.set(leases.counts.held);
    metrics.leaseQueue.set(leases.counts.queued);
  }

  #collectClusters(): void {
    const { senderVerdict, replicaScore, failoverTimeout } = this.#context.metrics;
    for (const gauge of [senderVerdict, replicaScore, failoverTimeout]) gauge.reset();
    const { clusters, senders } = this.status();
    for (const { tenant: user, cluster, replica, verdict } of senders) {
      senderVerdict.set({ user, cluster: cluster ?? '', replica: replica ?? '', verdict }, 1);
    }
    for (const { tenant: user, cluster, elected, replicas } of clusters) {
      if (elected !== undefined) failoverTimeout.set({ user, cluster }, elected.failoverTimeoutMs / 1000);
      for (const { replica, verdict, score } of replicas) {
        replicaScore.set({ user, cluster, replica }, score);
        if (verdict !== undefined) senderVerdict.set({ user, cluster, replica, verdict }, 1);
      }
    }
  }
}

/** Runs a worker, which is known as long as it runs. */
async function held<W extends { run(): Promise<void> }>(workers: Set<W>, worker: W): Promise<void> {
  workers.add(worker);
  try {
    await worker.run();
  } finally {
    workers.delete(worker);
  }
}

function waitingNote(shards: number): readonly string[] {
  if (shards === 0) return [];
  return [
    `samples of ${shards} shards of spread clusters wait for an election: are there heartbeats of their replicas?`,
  ];
}

function electedIn({ elections, names, fills }: PartitionState): Pick<PartitionState, 'elections' | 'names' | 'fills'> {
  return { elections, names, fills };
}
