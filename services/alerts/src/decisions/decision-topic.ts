import { decodeDecisionOutline, notificationDecisionRecord, type NotificationDecision } from '@tandem/records';
import { type LogRecord, type RecordReader } from '@tandem/stream';
import { type Metrics } from '@tandem/telemetry';

import { type AlertsClock } from '../clock.ts';
import { TopicTail } from '../log/topic-tail.ts';
import { NFLOG_METRICS } from '../metrics/nflog.ts';
import { type DecisionFilter } from './decision-filter.ts';
import { DecisionIndex } from './decision-index.ts';
import { type DecisionPlace, type WholeDecision } from './index-row.ts';
import { readPlaces } from './read-places.ts';

/** What the index of decisions follows, and its bounds. */
export interface DecisionTopicOptions {
  readonly reader: RecordReader;
  /** Full name of the topic `notifications`. */
  readonly topic: string;
  /** Name of the alerts cluster: decisions of others on the same log are left out. */
  readonly cluster: string;
  readonly clock: AlertsClock;
  readonly metrics: Metrics;
  /** Told of what keeps the index from the log; it is tried again. */
  readonly onError: (error: unknown) => void;
  /** How far back it goes, ms. Default 30 days. */
  readonly maxAgeMs?: number;
  /** Its memory, estimated. Default 128 MiB. */
  readonly maxBytes?: number;
}

/** Decisions that were asked for, the newest first. */
export interface FoundDecisions {
  readonly decisions: readonly NotificationDecision[];
  /** Where to go on; absent: there are no more. */
  readonly next?: DecisionPlace | undefined;
  /** Whether the log had been read to its end as of the request (SPEC.md, D9). */
  readonly complete: boolean;
  /** Decisions before then are not looked at, Unix ms. */
  readonly fromMs: number;
}

/** What is wanted of the decisions. */
export interface DecisionQuery {
  readonly filter: DecisionFilter;
  readonly limit: number;
  /** Where to go on. */
  readonly after?: DecisionPlace | undefined;
}

const DEFAULTS = { maxAgeMs: 30 * 86_400_000, maxBytes: 128 * 1_048_576 };
/** Between two attempts to follow the topic, ms. */
const RETRY_MS = 1000;
/** How long a query waits for the index to come to the end of the log, ms: it is right behind, or it is far behind. */
const CATCH_UP_MS = 500;
/** How long a query waits for the records, ms. */
const READ_MS = 5000;
/** Small batches: decoding one holds up everything else. */
const BATCH_BYTES = 262_144;

/** The decisions in the topic `notifications`, by an index in memory that follows it (SPEC.md, D7 to D9). */
export class DecisionTopic {
  readonly #options: DecisionTopicOptions;
  readonly #index: DecisionIndex;
  readonly #maxAgeMs: number;
  readonly #counts;
  readonly #ended = new AbortController();
  #tail: TopicTail | undefined;

  constructor(options: DecisionTopicOptions) {
    this.#options = options;
    this.#maxAgeMs = options.maxAgeMs ?? DEFAULTS.maxAgeMs;
    this.#index = new DecisionIndex({ maxAgeMs: this.#maxAgeMs, maxBytes: options.maxBytes ?? DEFAULTS.maxBytes });
    this.#counts = options.metrics.instruments(NFLOG_METRICS);
    options.metrics.beforeRender(() => this.#measure());
  }

  /** Begins to follow the topic, behind the call: until it has been read, answers are not complete. */
  start(): void {
    void this.#follow();
  }

  stop(): void {
    this.#ended.abort();
  }

  /**
   * Finds decisions.
   *
   * @returns `log-away` where the records cannot be read in time
   * @throws {LogError} where waiting does not help
   */
  async search({ filter, limit, after }: DecisionQuery): Promise<FoundDecisions | 'log-away'> {
    const { clock, reader, topic } = this.#options;
    const complete = (await this.#inTime(CATCH_UP_MS, (signal) => this.#catchUp(signal))) ?? false;
    const fromMs = clock.now() - this.#maxAgeMs;
    this.#index.forget(clock.now());
    const { places, more } = this.#index.search(filter, limit, after);
    const decisions = await this.#inTime(READ_MS, (signal) => readPlaces(reader, topic, places, signal));
    if (decisions === undefined) return 'log-away';
    return { decisions, next: more ? places.at(-1) : undefined, complete, fromMs };
  }

  async #follow(): Promise<void> {
    const { clock, onError, reader, topic } = this.#options;
    const { signal } = this.#ended;
    while (!signal.aborted && this.#tail === undefined) {
      const fromMs = clock.now() - this.#maxAgeMs;
      try {
        this.#tail = await TopicTail.open({
          reader,
          topic,
          from: (partition) => reader.offsetAt(topic, partition, fromMs),
          maxBatchBytes: BATCH_BYTES,
          apply: (record, partition) => this.#apply(record, partition),
          signal,
          onError,
        });
      } catch (error) {
        onError(error);
        await clock.sleep(RETRY_MS, signal);
      }
    }
  }

  #apply(record: LogRecord, partition: number): void {
    const decoded = decodeDecisionOutline(record);
    if (!decoded.ok) this.#counts.unreadable.inc();
    else if (decoded.value.cluster === this.#options.cluster) {
      this.#index.add(decoded.value, wholeOf(record), { partition, offset: record.offset });
    }
  }

  async #catchUp(signal: AbortSignal): Promise<boolean> {
    return (await this.#tail?.readAllToEnd(signal)) ?? false;
  }

  /** Does something for so long at most, ms; `undefined`: it took longer, or the log cannot be asked. */
  async #inTime<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const end = new AbortController();
    const late = this.#options.clock.sleep(ms, AbortSignal.any([end.signal, this.#ended.signal])).then(() => undefined);
    try {
      return await Promise.race([work(end.signal).catch(() => undefined), late]);
    } finally {
      end.abort();
    }
  }

  #measure(): void {
    this.#counts.indexed.set(this.#index.size);
    this.#counts.indexBytes.set(this.#index.bytes);
    this.#counts.indexOldest.set((this.#index.oldestMs ?? 0) / 1000);
  }
}

/** The whole decision, read at most once. Its outline could be read, and so can it. */
function wholeOf(record: LogRecord): () => WholeDecision {
  let whole: WholeDecision | undefined;
  return () => {
    if (whole !== undefined) return whole;
    const decoded = notificationDecisionRecord.decode(record);
    whole = decoded.ok ? decoded.value : { groupLabels: {}, alerts: [] };
    return whole;
  };
}
