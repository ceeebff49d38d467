import { describeError } from '@tandem/errors';

import { type AlertsConfig, type AlertsOptions, type AlertsService } from './alerts-options.ts';
import { createParts, pipelineContext, timingOf, type AlertsParts } from './alerts-parts.ts';
import { type ApiBackend } from './api/backend.ts';
import { ServiceBackend } from './api/service-backend.ts';
import { type AlertsClock } from './clock.ts';
import { Pipeline, type PipelineContext } from './dispatch/pipeline.ts';
import { inTime } from './log/patience.ts';
import { retrying } from './log/retrying.ts';
import { DISPATCHER_METRICS } from './metrics/dispatcher.ts';
import { INTAKE_METRICS } from './metrics/intake.ts';
import { observeAlerts } from './metrics/observe-alerts.ts';
import { SILENCE_METRICS } from './metrics/silences.ts';
import { Intake } from './state/intake.ts';

/** How often groups whose opening nobody told the log of are looked for, ms. */
const SETTLE_EVERY_MS = 1000;
/** Longest time a stop may take, ms. */
const STOP_MS = 5000;
/** Of which what waits to be appended may take, ms. */
const LAST_APPEND_MS = 1000;

/** Puts the alerts service together; it begins with `start`. */
export function createAlerts(options: AlertsOptions): AlertsService {
  return new Alerts(options);
}

class Alerts implements AlertsService {
  readonly name = 'alerts';
  readonly stopDeadlineMs = STOP_MS;
  readonly backend: ApiBackend;
  readonly clock: AlertsClock;
  readonly #options: AlertsOptions;
  readonly #parts: AlertsParts;
  readonly #context: PipelineContext;
  /** Ends what goes on by itself. */
  readonly #stopping = new AbortController();
  /** Ends following and writing; last. */
  readonly #life = new AbortController();
  readonly #counts;
  #pipeline: Pipeline;
  /** Pipelines before it that are sending still. */
  readonly #ending = new Set<Promise<void>>();
  /** Before it is used, groups are not there yet, as the log is still read. */
  #isDispatching = false;
  #isLoaded = false;
  #watchedUntilMs: number | undefined;

  constructor(options: AlertsOptions) {
    this.#options = options;
    this.#counts = { ...options.metrics.instruments(INTAKE_METRICS), ...options.metrics.instruments(SILENCE_METRICS) };
    this.#parts = createParts(options, {
      signal: this.#life.signal,
      outgoing: () => void this.#parts.writer.flush(),
      membersChanged: () => this.#pipeline.ownersChanged(),
    });
    this.clock = this.#parts.clock;
    this.#context = pipelineContext(options, this.#parts);
    this.#pipeline = new Pipeline(options, this.#context);
    this.backend = this.#createBackend();
    observeAlerts({ options, parts: this.#parts, backend: this.backend, config: () => this.#pipeline.config });
  }

  start(): void {
    void this.#load();
    void this.#every(timingOf(this.#options).heartbeatMs, () => this.#beat());
    void this.#every(SETTLE_EVERY_MS, () => this.#settle());
    const { alertsGcIntervalMs, maintenanceIntervalMs } = this.#options.settings;
    void this.#every(alertsGcIntervalMs, () => this.#collectAlerts());
    void this.#every(maintenanceIntervalMs, () => this.#maintain());
  }

  reload(config: AlertsConfig): void {
    const before = this.#pipeline;
    this.#parts.membership.configHash = config.hash;
    this.#pipeline = new Pipeline(config, this.#context);
    if (this.#isDispatching) this.#dispatch(this.#end(before), before);
  }

  async stop(): Promise<void> {
    const { membership, membersTopic, writer } = this.#parts;
    this.#stopping.abort();
    this.#end(this.#pipeline);
    await Promise.all(this.#ending);
    const partitions = membersTopic.tail?.partitions;
    await Promise.all([
      this.#within(LAST_APPEND_MS, () => writer.flush()),
      partitions === undefined ? undefined : this.#within(LAST_APPEND_MS, () => membership.leave(partitions)),
    ]);
    this.#life.abort();
  }

  /** Reads the log to its end, and lets the groups tick; where that takes too long, by what is known. */
  async #load(): Promise<void> {
    const { settleTimeoutMs } = this.#options.settings;
    const loading = this.#readLog();
    await Promise.race([loading, this.clock.sleep(settleTimeoutMs, this.#stopping.signal)]);
    if (this.#stopping.signal.aborted) return;
    if (!this.#isLoaded) {
      this.#options.logger.warn({}, 'cannot read the log, notifying by what is known');
      this.#dispatch(this.#watchedUntilMs);
      await loading;
      if (this.#isStopping()) return;
    }
    const watchedUntilMs = this.#isDispatching ? this.#end(this.#pipeline) : this.#watchedUntilMs;
    const before = this.#isDispatching ? this.#pipeline : undefined;
    if (before !== undefined) this.#pipeline = new Pipeline(before.config, this.#context);
    this.#dispatch(watchedUntilMs, before);
    this.#options.logger.info({ alerts: this.#parts.state.alerts.size }, 'alerts are read to the end of the log');
  }

  async #readLog(): Promise<void> {
    const { alertsTopic, silencesTopic, membersTopic, membership, nflog } = this.#parts;
    const topics = [alertsTopic, silencesTopic, membersTopic];
    const reading = {
      clock: this.clock,
      retryMs: SETTLE_EVERY_MS,
      signal: this.#life.signal,
      onError: () => undefined,
    };
    await Promise.all([
      ...topics.map((topic) => topic.follow()),
      retrying(() => nflog.follow(), reading),
      membersTopic.readToEnd().then(() => {
        // Before this instance tells of itself: how long nobody was there.
        this.#watchedUntilMs = membership.heardBeforeMs;
        return this.#beat();
      }),
    ]);
    await Promise.all([
      ...topics.map((topic) => topic.readToEnd()),
      retrying(() => nflog.readAllToEnd(this.#life.signal), reading),
    ]);
    await this.#import();
    this.#isLoaded = !this.#life.signal.aborted;
  }

  async #import(): Promise<void> {
    const { importInto, logger } = this.#options;
    const { silences, nflog } = this.#parts;
    try {
      await importInto?.({ silences, nflog, nowMs: this.clock.now() });
    } catch (error) {
      logger.error({ error: describeError(error) }, 'cannot import what another store knows');
    }
  }

  /** Lets a pipeline send no more: what it has begun is waited for at a stop. @returns until when it looked after its groups */
  #end(pipeline: Pipeline): number {
    const watchedUntilMs = pipeline.stop();
    const ending: Promise<void> = pipeline.stopped().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    return watchedUntilMs;
  }

  /** Puts the groups of the pipeline in force. */
  #dispatch(watchedUntilMs: number | undefined, before?: Pipeline): void {
    const nowMs = this.clock.now();
    this.#isDispatching = true;
    this.#pipeline.fill(before?.groups, before === undefined ? undefined : nowMs);
    this.#parts.state.use(this.#pipeline, nowMs);
    this.#pipeline.start(watchedUntilMs);
  }

  async #beat(): Promise<void> {
    const partitions = this.#parts.membersTopic.tail?.partitions;
    if (partitions !== undefined) await this.#parts.membership.beat(partitions);
  }

  async #settle(): Promise<void> {
    const { state, writer } = this.#parts;
    if (this.#isLoaded) state.settle(this.clock.now());
    if (state.outbox.size > 0) await writer.flush();
  }

  async #collectAlerts(): Promise<void> {
    const { state, writer } = this.#parts;
    if (!this.#isLoaded || !this.#isFirst()) return;
    state.collect(this.clock.now());
    await writer.flush();
  }

  async #maintain(): Promise<void> {
    const { silences, nflog, membership, membersTopic } = this.#parts;
    if (!this.#isLoaded || !this.#isFirst()) return;
    const { topics } = this.#options;
    this.#counts.maintenance.inc();
    const removed = await silences.collect();
    if (removed === undefined) this.#counts.maintenanceErrors.inc();
    this.#counts.collected.inc({ topic: topics.silences }, removed ?? 0);
    this.#counts.collected.inc({ topic: topics.nflog }, (await nflog.collect(this.clock.now())) ?? 0);
    if (membersTopic.tail !== undefined) await membership.collect(membersTopic.tail.partitions);
  }

  /** One instance tidies up. */
  #isFirst(): boolean {
    return this.#parts.membership.position() === 0;
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #every(ms: number, work: () => Promise<void>): Promise<void> {
    while (await this.clock.sleep(ms, this.#stopping.signal)) await work();
  }

  async #within(patienceMs: number, work: () => Promise<unknown>): Promise<void> {
    await inTime(work, { clock: this.clock, patienceMs, signal: this.#life.signal });
  }

  #createBackend(): ServiceBackend {
    const { settings, metrics, instance } = this.#options;
    const { state, writer, limit, silences, membership } = this.#parts;
    const { matcherMode: mode, dropLabels } = settings;
    const intake = new Intake({
      state,
      writer,
      limit,
      clock: this.clock,
      settings: () => {
        const { resolve_timeout: resolveTimeoutMs } = this.#pipeline.config.config.global;
        return { resolveTimeoutMs, mode, dropLabels };
      },
      metrics: { ...metrics.instruments(INTAKE_METRICS), ...metrics.instruments(DISPATCHER_METRICS) },
    });
    return new ServiceBackend({
      clock: this.clock,
      state,
      intake,
      silences,
      membership,
      pipeline: () => this.#pipeline,
      status: () => (settings.clusterDisabled ? 'disabled' : this.#isLoaded ? 'ready' : 'settling'),
      self: { name: instance.name, startedAtMs: this.#options.clock.now() },
    });
  }
}
