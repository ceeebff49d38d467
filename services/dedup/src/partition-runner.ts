import { setImmediate as nextTurn } from 'node:timers/promises';

import { type Clock } from '@tandem/lifecycle';
import {
  lostBefore,
  type Claim,
  type LogRecord,
  type LostRange,
  type OutgoingRecord,
  type RecordBatch,
  type RecordReader,
} from '@tandem/stream';

import { type ClusterLanes } from './seam/cluster-lanes.ts';
import { type DedupSettings } from './settings.ts';
import { Transaction } from './transaction.ts';

/** What one partition is run with. */
export interface RunnerOptions {
  readonly reader: Pick<RecordReader, 'read'>;
  readonly claim: Claim;
  readonly settings: Pick<DedupSettings, 'commitIntervalMs' | 'commitBytes'>;
  readonly clock: Clock;
  /** Called before each commit, in their order: the last chance to write something. */
  readonly onCommit: (transaction: Transaction) => void;
  /** Called after each commit, in their order. */
  readonly onCommitted: (transaction: Transaction, durationMs: number) => void;
  /** Told of what retention removed before it was read, once that is passed over for good. */
  readonly onLost: (lost: LostRange) => void;
}

/** What the records of a partition are shown to, in their order. */
export interface RecordProcessor {
  /** Processes the next record. A promise is only given where the log had to be asked. */
  process(record: LogRecord, transaction: Transaction): Promise<void> | undefined;
  /** What is read again beside the partition's own records. */
  readonly lanes: Pick<ClusterLanes, 'ready' | 'step'>;
}

type Batch = IteratorResult<RecordBatch, unknown>;

/**
 * Most that is read at a time: there is a batch in work and one read ahead for each partition, and a transaction is made of
 * as many as it takes.
 */
const READ_BYTES = 262_144;

/** Longest time records are processed before others get their turn of the event loop, ms. */
const TURN_MS = 10;

/**
 * Reads a partition from the claim's position and commits what its processor makes of it: about a commit interval of
 * input in one transaction, one transaction under way while the next one fills. It ends with the claim, or rejects when
 * a commit fails; then nothing that was not committed survives, because whoever takes the claim next begins with the log.
 */
export class PartitionRunner {
  readonly #options: RunnerOptions;
  readonly #failed = new AbortController();
  readonly #signal: AbortSignal;
  #filling: Transaction;
  #committing: Transaction | undefined;
  #commit: Promise<void> = Promise.resolve();
  #turnBeganMs = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.claim.signal, this.#failed.signal]);
    this.#filling = new Transaction(options.claim.position, options.clock.now());
  }

  /** Transactions that are not known to be committed, oldest first. */
  get unwritten(): readonly Transaction[] {
    return this.#committing === undefined ? [this.#filling] : [this.#committing, this.#filling];
  }

  /** Aborted when the run ends, whatever ended it. */
  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Ends the run with an error, as a failed commit does. */
  fail(error: unknown): void {
    this.#failed.abort(error);
  }

  async run(processor: RecordProcessor): Promise<void> {
    const { reader, claim, settings } = this.#options;
    const { topic, partition, position } = claim;
    const signal = this.#signal;
    const request = {
      topic,
      partition,
      from: position,
      maxBatchBytes: Math.min(READ_BYTES, settings.commitBytes),
      signal,
    };
    const batches = reader.read(request)[Symbol.asyncIterator]();
    try {
      await this.#run(batches, processor, signal);
    } finally {
      this.#failed.abort();
      await batches.return?.();
      await this.#commit.catch(() => undefined);
    }
  }

  async #run(batches: AsyncIterator<RecordBatch>, processor: RecordProcessor, signal: AbortSignal): Promise<void> {
    let reading = batches.next();
    while (!signal.aborted) {
      const turn = await this.#nextTurn(reading, processor.lanes.ready());
      if (turn === 'due') {
        await this.#startCommit();
        continue;
      }
      if (turn === 'lane') {
        await this.#catchUp(processor);
        continue;
      }
      if (turn.done === true) break;
      reading = batches.next();
      // It is awaited in the next turn; until then a failure must not count as unhandled.
      reading.catch(() => undefined);
      await this.#process(turn.value, processor, signal);
      // Where batches are always there already, as in a backlog, lanes would never win the race for a turn.
      if (processor.lanes.ready() !== undefined) await this.#catchUp(processor);
    }
    this.#throwIfFailed();
  }

  /** The next batch; `lane` when a lane can go on; `due` when the open transaction has waited long enough. */
  async #nextTurn(reading: Promise<Batch>, lanes: Promise<unknown> | undefined): Promise<'due' | 'lane' | Batch> {
    const { clock, settings } = this.#options;
    const turns: Promise<'due' | 'lane' | Batch>[] = [reading];
    if (lanes !== undefined) turns.push(lanes.then(() => 'lane'));
    if (this.#filling.isEmpty) return Promise.race(turns);
    const leftMs = this.#filling.openedAtMs + settings.commitIntervalMs - clock.now();
    if (leftMs <= 0) return 'due';
    let cancel: () => void = () => undefined;
    turns.push(
      new Promise<'due'>((resolve) => {
        cancel = clock.schedule(() => resolve('due'), leftMs);
      }),
    );
    try {
      return await Promise.race(turns);
    } finally {
      cancel();
    }
  }

  /** A slice of what a lane reads again, beside the live records. */
  async #catchUp(processor: RecordProcessor): Promise<void> {
    if (this.#filling.isEmpty) this.#open();
    await processor.lanes.step(this.#filling, this.#filling.next);
    if (this.#filling.outputBytes >= this.#options.settings.commitBytes) await this.#startCommit();
    await this.#yield();
  }

  async #process(batch: RecordBatch, processor: RecordProcessor, signal: AbortSignal): Promise<void> {
    const { clock, settings } = this.#options;
    this.#turnBeganMs = clock.now();
    if (this.#filling.isEmpty) this.#open();
    this.#noteLost(batch);
    for (const record of batch.records) {
      if (record.offset < this.#filling.next) continue;
      const asked = processor.process(record, this.#filling);
      if (asked !== undefined) await asked;
      const filling = this.#filling;
      filling.inputRecords++;
      filling.inputBytes += record.value?.length ?? 0;
      filling.timestampMs = record.timestampMs;
      filling.next = record.offset + 1;
      filling.end = batch.end;
      if (filling.inputBytes >= settings.commitBytes) await this.#startCommit();
      if (clock.now() - this.#turnBeganMs >= TURN_MS) await this.#yield();
      if (signal.aborted) return;
    }
    this.#filling.next = batch.nextOffset;
  }

  #noteLost(batch: RecordBatch): void {
    const lost = lostBefore(batch);
    if (lost !== undefined) this.#filling.afterwards(() => this.#options.onLost(lost));
  }

  #open(): void {
    this.#filling = new Transaction(this.#filling.next, this.#options.clock.now());
  }

  async #yield(): Promise<void> {
    await nextTurn();
    this.#turnBeganMs = this.#options.clock.now();
  }

  /** Commits what was gathered, after the commit before it; resolves when it is under way. */
  async #startCommit(): Promise<void> {
    await this.#commit;
    this.#throwIfFailed();
    const transaction = this.#filling;
    this.#options.onCommit(transaction);
    this.#committing = transaction;
    this.#filling = new Transaction(transaction.next, this.#options.clock.now());
    this.#commit = this.#commitNow(transaction, transaction.records);
    this.#commit.catch((error: unknown) => this.#failed.abort(error));
  }

  async #commitNow(transaction: Transaction, records: readonly OutgoingRecord[]): Promise<void> {
    const { claim, clock, onCommitted } = this.#options;
    const beganMs = clock.now();
    await claim.commit(transaction.next, records);
    this.#committing = undefined;
    onCommitted(transaction, clock.now() - beganMs);
  }

  #throwIfFailed(): void {
    if (this.#failed.signal.aborted) throw this.#failed.signal.reason;
  }
}
