import { isWatermark } from '@tandem/records';
import {
  lostBefore,
  type Claim,
  type LogRecord,
  type LostRange,
  type OutgoingRecord,
  type RecordBatch,
  type RecordReader,
} from '@tandem/stream';

import { bodyOf } from './body.ts';
import { deliver, type DeliveryOptions } from './delivery.ts';
import { type PartitionObserver } from './observer.ts';
import { rejectOf, type RejectContext, type RejectReason } from './reject.ts';

/** What a partition's forwarding needs. */
export interface PartitionForwarderOptions {
  readonly reader: Pick<RecordReader, 'read' | 'bounds'>;
  readonly claim: Claim;
  /** Where what the target refuses goes. */
  readonly rejects: RejectContext;
  readonly delivery: Omit<DeliveryOptions, 'onRetry'>;
  readonly observer: PartitionObserver;
  readonly maxDecodedBytes: number;
  /** Told of what retention removed before it was read. */
  readonly onLost: (lost: LostRange) => void;
  /** Calls `step` again and again, a commit interval apart, until the function it returns is called. */
  readonly everyCommitInterval: (step: () => void) => () => void;
}

/**
 * Forwards one partition, a record at a time, so that every series stays in order. The position is committed beside
 * the sending, an interval apart, and only up to what the target has; what it refused for good is committed to
 * `rejects` together with the position.
 */
export class PartitionForwarder {
  readonly #options: PartitionForwarderOptions;
  /** What was refused since the last commit. */
  #rejects: OutgoingRecord[] = [];
  /** Everything before it is delivered or rejected. */
  #settled: number;
  #committed: number;
  #committing: Promise<void> = Promise.resolve();

  constructor(options: PartitionForwarderOptions) {
    this.#options = options;
    this.#settled = options.claim.position;
    this.#committed = options.claim.position;
  }

  /** Runs until the forwarding stops or the claim ends. Rejects when a commit fails. */
  async run(): Promise<void> {
    const { claim, delivery, everyCommitInterval } = this.#options;
    const failed = new AbortController();
    const endCommits = everyCommitInterval(() => {
      void this.#lookAtEnd();
      this.#commit().catch((error: unknown) => {
        failed.abort(error);
      });
    });
    try {
      await this.#forwardAll(AbortSignal.any([claim.signal, delivery.stopping, failed.signal]));
    } finally {
      endCommits();
    }
    failed.signal.throwIfAborted();
    if (!claim.signal.aborted) await this.#commit();
  }

  async #forwardAll(signal: AbortSignal): Promise<void> {
    const { topic, partition, position } = this.#options.claim;
    for await (const batch of this.#options.reader.read({ topic, partition, from: position, signal })) {
      if (!(await this.#forwardBatch(batch, signal))) return;
    }
  }

  /** False when it stopped in between. */
  async #forwardBatch(batch: RecordBatch, signal: AbortSignal): Promise<boolean> {
    const lost = lostBefore(batch);
    if (lost !== undefined) this.#options.onLost(lost);
    for (const record of batch.records) {
      this.#options.observer.begun(record, batch.end);
      if (signal.aborted || !(await this.#forward(record, signal))) return false;
      this.#settled = record.offset + 1;
    }
    this.#options.observer.caughtUp();
    this.#settled = batch.nextOffset;
    return true;
  }

  /** False when nobody knows whether the target has the record. */
  async #forward(record: LogRecord, stopping: AbortSignal): Promise<boolean> {
    const { delivery, observer, maxDecodedBytes } = this.#options;
    if (isWatermark(record.headers)) return true;
    const body = bodyOf(record, maxDecodedBytes);
    if (!body.ok) {
      this.#reject(record, { code: 'unreadable', detail: body.detail }, body.samples);
      return true;
    }
    const outcome = await deliver(body.body, { ...delivery, stopping, onRetry: observer.retry });
    if (outcome.outcome === 'unsettled') return false;
    if (outcome.outcome === 'delivered') observer.delivered(body);
    else this.#reject(record, { code: 'refused', detail: `HTTP ${outcome.status}: ${outcome.message}` }, body.samples);
    return true;
  }

  #reject(record: LogRecord, reason: RejectReason, samples: number): void {
    const { observer, rejects } = this.#options;
    observer.rejected(record, reason, samples);
    this.#rejects.push(rejectOf(record, reason, rejects));
  }

  /** While a target takes nothing, no batch tells where the partition ends. */
  async #lookAtEnd(): Promise<void> {
    const { claim, reader, observer } = this.#options;
    try {
      observer.ended((await reader.bounds(claim.topic, claim.partition)).end);
    } catch {
      // The log is away: what is known of its end stays.
    }
  }

  /** One commit at a time; a second one waits for the first. */
  #commit(): Promise<void> {
    this.#committing = this.#committing.then(() => this.#commitNow());
    return this.#committing;
  }

  async #commitNow(): Promise<void> {
    const settled = this.#settled;
    if (settled === this.#committed) return;
    const rejects = this.#rejects;
    this.#rejects = [];
    await this.#options.claim.commit(settled, rejects);
    this.#committed = settled;
  }
}
