import { MemoryLog, MemoryLogStorage } from '@tandem/testing';
import {
  buildRoutes,
  GroupTable,
  Inhibitor,
  SilenceTable,
  TimeIntervals,
  type Alert,
  type Integration,
  type Notification,
  type Route,
  type RouteSpec,
  type SendOutcome,
  type Suppression,
} from '@tandem/alerting';

import { Dispatcher, type TargetFlush, type TargetOutcome } from '../src/index.ts';
import { NotificationTopic } from '../src/log/notification-topic.ts';
import { ConductedLog, type LogConduct } from './conducted-log.ts';
import { VirtualTime } from './virtual-time.ts';

export const START_MS = 1_700_000_000_000;

/** A delivery as the receiver saw it. */
export interface Delivery {
  readonly instance: string;
  readonly key: string;
  readonly beganMs: number;
  readonly endedMs: number;
  readonly notification: Notification;
}

/** What the receiver does with an attempt. */
export type Receiver = (delivery: Omit<Delivery, 'endedMs'>) => {
  readonly afterMs: number;
  readonly outcome: SendOutcome;
};

export const SENT: SendOutcome = { outcome: 'sent', answer: '200 OK' };
export const FAILED: SendOutcome = { outcome: 'retry', reason: 'serverError', message: '500' };

/** How an instance is. */
export interface InstanceOptions {
  readonly name: string;
  readonly position: () => number;
  readonly conduct?: Partial<LogConduct>;
  readonly skewMs?: number;
  readonly random?: () => number;
  readonly watchedUntilMs?: number;
}

/** How a stage is set. */
export interface StageOptions {
  readonly route?: Partial<RouteSpec>;
  readonly stepMs?: number;
  readonly receiver?: Receiver;
  readonly sendResolved?: boolean;
}

/** Instances on one simulated log and one simulated time, in front of one receiver. */
export class Stage {
  readonly time = new VirtualTime(START_MS);
  readonly storage = new MemoryLogStorage(() => this.time.nowMs);
  readonly deliveries: Delivery[] = [];
  /** What each instance said of its flushes, in order. */
  readonly told: { readonly instance: string; readonly flush: TargetFlush; readonly outcome: TargetOutcome }[] = [];
  readonly suppressions: Suppression[] = [];
  readonly errors: unknown[] = [];
  readonly root: Route;
  readonly #options: StageOptions;

  constructor(options: StageOptions = {}) {
    this.#options = options;
    this.storage.create({ name: 'nflog', partitions: 2, policy: 'compact', maxRecordBytes: 1_000_000 });
    this.root = buildRoutes({
      receiver: 'team',
      groupBy: ['alertname'],
      groupWaitMs: 1000,
      groupIntervalMs: 20_000,
      repeatIntervalMs: 3_600_000,
      matchers: [],
      continue: false,
      muteTimeIntervals: [],
      activeTimeIntervals: [],
      labels: new Map(),
      routes: [],
      ...options.route,
    });
  }

  /** An instance that has begun to follow the log. */
  async instance(options: InstanceOptions): Promise<Instance> {
    const opening = Instance.open(this, options, this.#options);
    await this.run(0);
    return opening;
  }

  /** Lets time pass. */
  run(ms: number): Promise<void> {
    return this.time.runUntil(this.time.nowMs + ms);
  }
}

/** How an instance is doing. */
interface Life {
  dead: boolean;
  readonly stopping: AbortController;
}

/** What an instance is made of. */
interface Inside extends StageOptions {
  readonly log: NotificationTopic;
  readonly life: Life;
}

/** One instance of the alerts service, as far as flushes go. */
export class Instance {
  readonly dispatcher: Dispatcher;
  readonly groups: GroupTable;
  readonly silences = new SilenceTable();
  readonly name: string;
  readonly #life: Life;
  readonly #stage: Stage;
  #claims = 0;

  private constructor(stage: Stage, options: InstanceOptions, { log, life, ...rest }: Inside) {
    this.#stage = stage;
    this.#life = life;
    this.name = options.name;
    this.groups = new GroupTable(stage.root);
    const receiver: Receiver = rest.receiver ?? (() => ({ afterMs: 10, outcome: SENT }));
    this.dispatcher = new Dispatcher({
      groups: this.groups,
      suppressors: { inhibitor: new Inhibitor([]), times: new TimeIntervals([]), silences: this.silences },
      integrationsOf: () => [this.#webhook(receiver, rest.sendResolved ?? true)],
      position: options.position,
      stepMs: rest.stepMs ?? 5000,
      log,
      clock: stage.time.clock(options.skewMs),
      owner: this.name,
      newClaimId: () => `${this.name}#${this.#claims++}`,
      random: options.random ?? (() => 0.5),
      retentionMs: 432_000_000,
      stopping: life.stopping.signal,
      watchedUntilMs: options.watchedUntilMs,
      observer: {
        attempt: () => undefined,
        ended: (flush, outcome) => void stage.told.push({ instance: this.name, flush, outcome }),
      },
      onSuppressed: (_, suppression) => void stage.suppressions.push(suppression),
      onEnded: () => undefined,
      graceMs: 3000,
      onError: (error) => void stage.errors.push(error),
    });
  }

  static async open(stage: Stage, options: InstanceOptions, stageOptions: StageOptions): Promise<Instance> {
    const life: Life = { dead: false, stopping: new AbortController() };
    const { reachable = () => true, latencyMs = () => 5 } = options.conduct ?? {};
    let isOpen = false;
    const conducted = new ConductedLog(new MemoryLog(stage.storage), stage.time, {
      reachable: () => !isOpen || (!life.dead && reachable()),
      latencyMs: () => (isOpen ? latencyMs() : 0),
    });
    const log = await NotificationTopic.open({
      reader: conducted,
      appender: conducted,
      topic: 'nflog',
      cluster: 'main',
      clock: stage.time.clock(options.skewMs),
      patienceMs: 3000,
      retryMs: 1000,
      signal: life.stopping.signal,
      onError: (error) => void stage.errors.push(error),
      onUnreadable: (_, problem) => void stage.errors.push(problem),
      onTooLarge: (target) => void stage.errors.push(target),
    });
    isOpen = true;
    return new Instance(stage, options, { ...stageOptions, log, life });
  }

  /** An alert is in the log now, and the instance has read it. */
  put(alert: Alert): void {
    if (!this.#life.dead) this.dispatcher.put(alert, this.#stage.time.nowMs);
  }

  /** Ends as a process does that is killed: nothing of it happens any more, and nothing is tidied up. */
  kill(): void {
    this.#life.dead = true;
    this.#life.stopping.abort();
  }

  /** Ends in order. */
  async stop(): Promise<void> {
    this.#life.stopping.abort();
    await this.dispatcher.stopped();
  }

  #webhook(receiver: Receiver, sendResolved: boolean): Integration {
    return {
      type: 'webhook',
      index: 0,
      sendResolved,
      send: async (notification, signal) => {
        const { time, deliveries } = this.#stage;
        const beganMs = time.nowMs;
        const { groupKey } = notification.target;
        const attempt = { instance: this.name, key: groupKey, beganMs, notification };
        const { afterMs, outcome } = receiver(attempt);
        const reached = await time.clock().sleep(afterMs, this.#life.dead ? new AbortController().signal : signal);
        // A receiver that has taken a request has taken it, whether or not anybody lives to hear of it.
        if (reached && outcome.outcome === 'sent') deliveries.push({ ...attempt, endedMs: time.nowMs });
        if (this.#life.dead) return new Promise(() => undefined);
        return reached ? outcome : { outcome: 'retry', reason: 'contextDeadlineExceeded', message: 'too late' };
      },
    };
  }
}

/** An alert that fires from now on for an hour. */
export function firing(time: VirtualTime, labels: Readonly<Record<string, string>>, own: Partial<Alert> = {}): Alert {
  return {
    labels: new Map(Object.entries(labels)),
    annotations: new Map(),
    startsAtMs: time.nowMs,
    endsAtMs: time.nowMs + 3_600_000,
    updatedAtMs: time.nowMs,
    timeout: false,
    generatorUrl: '',
    ...own,
  };
}
