import { notificationDecisionRecord } from '@tandem/records';
import { type RecordAppender, type RecordReader } from '@tandem/stream';
import { type Metrics } from '@tandem/telemetry';

import { type AlertsObserver } from '../alerts-options.ts';
import { type AlertsClock } from '../clock.ts';
import { NFLOG_METRICS } from '../metrics/nflog.ts';
import { type TargetFlush } from '../notify/target-flush.ts';
import { AttemptTrail } from './attempt-trail.ts';
import { decisionBeforeWait, decisionOfTarget, type Decided, type Decider } from './decision-of-flush.ts';
import { DecisionQueue } from './decision-queue.ts';
import { decisionKey, Repeats } from './repeats.ts';

/** What a decision log is made of. */
export interface DecisionLogOptions extends Decider {
  readonly log: Pick<RecordAppender, 'append'> & Pick<RecordReader, 'partitions'>;
  /** Full name of the topic `notifications`. */
  readonly topic: string;
  /** One life of the instance: no two have the same. */
  readonly writer: string;
  readonly clock: AlertsClock;
  readonly metrics: Metrics;
  /** The log is away; decisions are kept, and it is tried again. */
  readonly onFailure: (error: unknown) => void;
  /** Decisions that may wait for the log. Default 10 000. */
  readonly maxQueued?: number;
  /** Bytes of them. Default 16 MiB. */
  readonly maxQueuedBytes?: number;
  /** How long to wait before the log is tried again, ms. Default 1000. */
  readonly retryMs?: number;
}

/** What a stop gives to what waits, ms: within what a process has for its end. */
const STOP_MS = 2000;
const DEFAULTS = { maxQueued: 10_000, maxQueuedBytes: 16 * 1_048_576, retryMs: 1000 };

const encoder = new TextEncoder();

/**
 * Writes down how flushes ended, and why, in the topic `notifications` (SPEC.md, D1 to D6). Flushes never wait for it, and it
 * never throws: what cannot be written is counted.
 */
export class DecisionLog {
  /** For the dispatcher: told of flushes before their wait, of their attempts and of their ends. */
  readonly observer: AlertsObserver;
  readonly #options: DecisionLogOptions;
  readonly #queue: DecisionQueue;
  readonly #repeats = new Repeats();
  readonly #trails = new WeakMap<TargetFlush, AttemptTrail>();
  readonly #counts;
  #sequence = 0;

  constructor(options: DecisionLogOptions) {
    this.#options = options;
    this.#counts = options.metrics.instruments(NFLOG_METRICS);
    this.#queue = this.#openQueue();
    this.observer = {
      attempt: (flush, outcome, attempt, durationMs) => {
        this.#trail(flush).add(outcome, attempt, { atMs: options.clock.now(), durationMs });
      },
      ended: (flush, outcome, passage) => {
        const answers = this.#trail(flush).answers();
        this.#decided(decisionOfTarget(options, flush, outcome, { ...passage, answers }));
      },
      suppressed: (group, suppression, flush) => {
        const decided = decisionBeforeWait(options, { group, suppression, flush }, options.clock.now());
        if (decided !== undefined) this.#decided(decided);
      },
    };
  }

  /** How many decisions wait for the log. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Appends what waits, for two seconds at most; what is left is dropped and counted, as is what comes later. */
  stop(): Promise<void> {
    return this.#queue.stop(STOP_MS);
  }

  #trail(flush: TargetFlush): AttemptTrail {
    const known = this.#trails.get(flush) ?? new AttemptTrail();
    this.#trails.set(flush, known);
    return known;
  }

  #decided(decided: Decided): void {
    this.#counts.decisions.inc({ outcome: decided.outcome });
    const repeats = this.#repeats.take(decided);
    if (repeats === undefined) {
      this.#counts.repeated.inc();
      return;
    }
    const { writer } = this.#options;
    const encoded = notificationDecisionRecord.encode({ ...decided, writer, sequence: ++this.#sequence, ...repeats });
    this.#queue.put({ key: encoder.encode(decisionKey(decided)), ...encoded });
  }

  #openQueue(): DecisionQueue {
    const { log, topic, clock, metrics, onFailure, ...own } = this.#options;
    const counts = this.#counts;
    const maxRecords = own.maxQueued ?? DEFAULTS.maxQueued;
    counts.queueCapacity.set(maxRecords);
    metrics.beforeRender(() => counts.queued.set(this.#queue.size));
    return new DecisionQueue({
      appender: log,
      reader: log,
      topic,
      clock,
      maxRecords,
      maxBytes: own.maxQueuedBytes ?? DEFAULTS.maxQueuedBytes,
      retryMs: own.retryMs ?? DEFAULTS.retryMs,
      onAppended: (records) => counts.written.inc(records),
      onDropped: (reason, records) => counts.dropped.inc({ reason }, records),
      onFailure: (error) => {
        counts.retries.inc();
        onFailure(error);
      },
    });
  }
}
