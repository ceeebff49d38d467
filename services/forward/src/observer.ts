import { type Instruments, type Logger } from '@tandem/telemetry';
import { type LogRecord } from '@tandem/stream';

import { type Body } from './body.ts';
import { type FailedAttempt } from './delivery.ts';
import { type FORWARD_METRICS } from './metrics.ts';
import { type RejectReason } from './reject.ts';

/** Failures in a row after which a target is worth a warning, and again each time they have doubled. */
const WARN_FROM_FAILURES = 4;

/** Tells metrics and the log what happens to a partition on its way to a target. */
export class PartitionObserver {
  readonly #metrics: Instruments<typeof FORWARD_METRICS>;
  readonly #logger: Logger;
  readonly #target: string;
  readonly #partition: string;
  readonly #now: () => number;
  /** The oldest record the target does not have, as far as was read. */
  #waiting: { readonly record: LogRecord; readonly end: number } | undefined;

  constructor(
    where: { readonly target: string; readonly partition: number },
    metrics: Instruments<typeof FORWARD_METRICS>,
    logger: Logger,
    now: () => number,
  ) {
    this.#metrics = metrics;
    this.#logger = logger;
    this.#target = where.target;
    this.#partition = String(where.partition);
    this.#now = now;
  }

  /** The target has a body. */
  delivered(body: Body): void {
    const target = this.#target;
    this.#metrics.requests.inc({ target, outcome: 'delivered' });
    this.#metrics.samples.inc({ target }, body.samples);
    this.#metrics.bytes.inc({ target }, body.body.length);
    if (body.droppedHistograms > 0) {
      this.#metrics.dropped.inc({ target, reason: 'custom-buckets-on-1.0' }, body.droppedHistograms);
    }
  }

  /** A record went to `rejects`. */
  rejected(record: LogRecord, reason: RejectReason, samples: number): void {
    const target = this.#target;
    this.#metrics.requests.inc({ target, outcome: 'refused' });
    this.#metrics.dropped.inc({ target, reason: reason.code }, samples);
    this.#logger.warn(
      {
        target,
        partition: this.#partition,
        offset: record.offset,
        reason: reason.code,
        detail: reason.detail,
        samples,
      },
      'record rejected',
    );
  }

  /** An attempt failed and will be made again. */
  readonly retry = (attempt: FailedAttempt, failures: number): void => {
    const target = this.#target;
    this.#metrics.requests.inc({ target, outcome: 'retry' });
    this.#metrics.retries.inc({ target, reason: attempt.reason });
    if (failures < WARN_FROM_FAILURES || !Number.isInteger(Math.log2(failures / WARN_FROM_FAILURES))) return;
    this.#logger.warn(
      { target, partition: this.#partition, failures, reason: attempt.reason, detail: attempt.message },
      'target does not take requests; trying on',
    );
  };

  /** A record is on its way; the end of the partition as of its reading. */
  begun(record: LogRecord, end: number): void {
    this.#waiting = { record, end };
  }

  /** The end of the partition as of now. */
  ended(end: number): void {
    if (this.#waiting !== undefined) this.#waiting = { ...this.#waiting, end };
  }

  /** Everything that was read is delivered or rejected. */
  caughtUp(): void {
    this.#waiting = undefined;
  }

  /** Sets the gauges of lag: they grow while a target takes nothing. */
  collect(): void {
    const labels = { target: this.#target, partition: this.#partition };
    const { record, end } = this.#waiting ?? {};
    this.#metrics.lagRecords.set(labels, record === undefined || end === undefined ? 0 : end - record.offset);
    const sinceMs = record?.timestampMs ?? this.#now();
    this.#metrics.lagSeconds.set(labels, Math.max(0, this.#now() - sinceMs) / 1000);
  }

  /** The partition is forwarded elsewhere from now on. */
  released(): void {
    const labels = { target: this.#target, partition: this.#partition };
    this.#metrics.lagRecords.remove(labels);
    this.#metrics.lagSeconds.remove(labels);
  }
}
