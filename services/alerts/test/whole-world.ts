import { type Alert, type Integration, type Notification, type Outcome, type SendOutcome } from '@tandem/alerting';
import { readAlertmanagerConfig } from '@tandem/alertmanager-config';
import { LogError } from '@tandem/stream';
import { createMetrics, NO_LOGGER } from '@tandem/telemetry';
import { MemoryLog, MemoryLogStorage } from '@tandem/testing';

import {
  createAlerts,
  type AlertsClock,
  type AlertsConfig,
  type AlertsLog,
  type AlertsService,
  type AlertsSettings,
  type TargetFlush,
  type TargetOutcome,
} from '../src/index.ts';
import { VirtualTime } from './virtual-time.ts';

export const START_MS = 1_700_000_000_000;

export const SENT: SendOutcome = { outcome: 'sent', answer: '200 OK' };
export const FAILED: SendOutcome = { outcome: 'retry', reason: 'serverError', message: '500' };

/** A delivery as the receiver saw it. */
export interface Delivery {
  readonly instance: string;
  readonly key: string;
  readonly beganMs: number;
  readonly endedMs: number;
  readonly notification: Notification;
}

/** What the receiver does with an attempt. */
export type Receiver = (attempt: Omit<Delivery, 'endedMs'>) => {
  readonly afterMs: number;
  readonly outcome: SendOutcome;
};

/** How a world is. */
export interface WorldOptions {
  readonly config?: string;
  readonly receiver?: Receiver;
  readonly settings?: Partial<AlertsSettings>;
  readonly partitions?: number;
  readonly heartbeatMs?: number;
}

/** How an instance gets on. */
export interface ProcessOptions {
  readonly name: string;
  readonly reachable?: () => boolean;
  readonly latencyMs?: number;
  readonly skewMs?: number;
  readonly settings?: Partial<AlertsSettings>;
}

/** Routes of most tests. */
export const CONFIG = `
route: { receiver: team, group_by: [alertname], group_wait: 1s, group_interval: 20s, repeat_interval: 1h }
receivers: [{ name: team }]
`;

const TOPICS = { alerts: 'alerts', silences: 'silences', nflog: 'nflog', members: 'members' };

const SETTINGS: AlertsSettings = {
  cluster: 'main',
  clusterDisabled: false,
  stepMs: 5000,
  retentionMs: 432_000_000,
  alertsGcIntervalMs: 1_800_000,
  maintenanceIntervalMs: 900_000,
  settleTimeoutMs: 60_000,
  startDelayMs: 0,
  perAlertnameLimit: 0,
  maxSilences: 0,
  maxSilenceSizeBytes: 0,
  matcherMode: 'default',
  dropLabels: new Set(),
  mode: 'all',
};

/** How long it takes to notice that the log is away, and how often one looks whether it is back, ms. */
const LOOK_MS = 200;

/** Whole instances of the service on one log in memory and one simulated time, in front of one receiver. */
export class WholeWorld {
  readonly time = new VirtualTime(START_MS);
  readonly storage = new MemoryLogStorage(() => this.time.nowMs);
  readonly deliveries: Delivery[] = [];
  readonly told: { readonly instance: string; readonly flush: TargetFlush; readonly outcome: TargetOutcome }[] = [];
  /** Who was killed, and when. */
  readonly deaths: { readonly instance: string; readonly atMs: number }[] = [];
  readonly #options: WorldOptions;
  #ids = 0;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    for (const name of Object.values(TOPICS)) {
      this.storage.create({ name, partitions: options.partitions ?? 2, policy: 'compact', maxRecordBytes: 1_000_000 });
    }
  }

  /** An instance that was started. */
  start(options: ProcessOptions): Process {
    return new Process(this, options, this.#options);
  }

  /** Lets time pass. */
  run(ms: number): Promise<void> {
    return this.time.runUntil(this.time.nowMs + ms);
  }

  newId(): string {
    return `id-${this.#ids++}`;
  }
}

/** One process of the service. */
export class Process {
  readonly name: string;
  readonly service: AlertsService;
  readonly metrics = createMetrics({ version: 'test', processMetrics: false });
  readonly #world: WholeWorld;
  readonly #options: ProcessOptions;
  readonly #receiver: Receiver;
  #isDead = false;

  constructor(world: WholeWorld, options: ProcessOptions, { config, receiver, settings, heartbeatMs }: WorldOptions) {
    this.#world = world;
    this.#options = options;
    this.name = options.name;
    this.#receiver = receiver ?? (() => ({ afterMs: 10, outcome: SENT }));
    this.service = createAlerts({
      ...this.config(config ?? CONFIG),
      log: this.#log(),
      topics: TOPICS,
      settings: { ...SETTINGS, ...settings, ...options.settings },
      instance: { name: options.name, address: `${options.name}:9094`, version: 'test' },
      ...(heartbeatMs === undefined ? {} : { timing: { heartbeatMs, memberTimeoutMs: heartbeatMs * 6 } }),
      observers: [
        {
          attempt: () => undefined,
          ended: (flush, outcome) => void world.told.push({ instance: this.name, flush, outcome }),
          suppressed: () => undefined,
        },
      ],
      logger: NO_LOGGER,
      metrics: this.metrics,
      clock: this.#clock(),
      random: () => 0.5,
      newId: () => world.newId(),
    });
    void this.service.start(new AbortController().signal);
  }

  /** Posts alerts; their labels as names and values, and what else there is of them. */
  post(
    ...alerts: readonly {
      readonly labels: Readonly<Record<string, string>>;
      readonly [time: `${string}AtMs`]: number;
    }[]
  ): Promise<readonly Outcome<Alert>[]> {
    return this.service.backend.putAlerts(
      alerts.map(({ labels, ...times }) => ({
        ...times,
        labels: new Map(Object.entries(labels)),
        annotations: new Map(),
        generatorUrl: '',
      })),
    );
  }

  /** Ends as a process does that is killed: nothing of it happens any more, and nothing is tidied up. */
  kill(): void {
    this.#isDead = true;
    this.#world.deaths.push({ instance: this.name, atMs: this.#world.time.nowMs });
  }

  /** What is made of an alertmanager.yml. */
  config(text: string): AlertsConfig {
    const read = readAlertmanagerConfig(text);
    if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
    const names = read.config.receivers.map(({ name }) => name);
    return { config: read.config, hash: text, integrations: new Map(names.map((name) => [name, [this.#webhook()]])) };
  }

  /** What a process does that is dead. */
  async #alive(): Promise<void> {
    if (this.#isDead) await new Promise(() => undefined);
  }

  #clock(): AlertsClock {
    const clock = this.#world.time.clock(this.#options.skewMs);
    return {
      now: () => clock.now(),
      sleep: async (ms, signal) => {
        const isDue = await clock.sleep(ms, signal);
        await this.#alive();
        return isDue;
      },
    };
  }

  #log(): AlertsLog {
    const log = new MemoryLog(this.#world.storage);
    const { reachable = () => true, latencyMs = 5 } = this.#options;
    const { time } = this.#world;
    const pause = async (ms: number): Promise<void> => {
      await time.pause(ms);
      await this.#alive();
    };
    const reach = async (): Promise<void> => {
      await pause(latencyMs);
      if (reachable()) return;
      await pause(LOOK_MS);
      throw new LogError('unavailable', 'cannot reach the log');
    };
    return {
      partitions: async (topic) => {
        await reach();
        return log.partitions(topic);
      },
      bounds: async (topic, partition) => {
        await reach();
        return log.bounds(topic, partition);
      },
      append: async (records) => {
        await reach();
        return log.append(records);
      },
      read: async function* (request) {
        for await (const batch of log.read(request)) {
          await pause(latencyMs);
          while (!reachable()) await pause(LOOK_MS);
          yield batch;
        }
      },
    };
  }

  #webhook(): Integration {
    return {
      type: 'webhook',
      index: 0,
      sendResolved: true,
      send: async (notification, signal) => {
        const { time, deliveries } = this.#world;
        const { groupKey } = notification.target;
        const attempt = { instance: this.name, key: groupKey, beganMs: time.nowMs, notification };
        const { afterMs, outcome } = this.#receiver(attempt);
        const reached = await time.clock().sleep(afterMs, signal);
        // A receiver that has taken a request has taken it, whether or not anybody lives to hear of it.
        if (reached && outcome.outcome === 'sent') deliveries.push({ ...attempt, endedMs: time.nowMs });
        await this.#alive();
        return reached ? outcome : { outcome: 'retry', reason: 'contextDeadlineExceeded', message: 'too late' };
      },
    };
  }
}
