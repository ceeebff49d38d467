import { type Turnstile } from '@tandem/lifecycle';
import { LogError } from '@tandem/stream';
import { type Tables } from './tables.ts';
import { commitError } from './commit-error.ts';
import { WriteTransaction } from './write-transaction.ts';

/** Records of one transaction; more wait for the next one. */
const GROUP_BYTES = 8 * 1_048_576;

/** Something to be done in a write transaction. */
export interface WriteJob<T> {
  /** For the bounds of the queue and of a transaction. */
  readonly bytes: number;
  /** Must decide before its first write: a job that throws after writing undoes the whole transaction. */
  run(transaction: WriteTransaction): T;
}

/** What the queue needs to know of its surroundings. */
export interface WriteQueueOptions {
  readonly tables: Tables;
  /** Keeps commits out while a process opens the directory. */
  readonly turnstile: Turnstile;
  readonly path: string;
  readonly now: () => number;
  readonly maxWaitingBytes: number;
  /** Told after every commit. */
  readonly onCommit: (transaction: WriteTransaction) => void;
}

interface Waiting {
  readonly job: WriteJob<unknown>;
  readonly settle: (outcome: Outcome) => void;
}

type Outcome = { readonly value: unknown } | { readonly error: Error };

/**
 * Group commit: one transaction at a time, and everything asked for while it was under way goes into the next one.
 * A job's promise resolves after the commit is on the disk.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  /**
   * Runs a job of a caller that can be told to come again later.
   *
   * @throws {LogError} as `run`, and `unavailable` when too much waits already
   */
  offer<T>(job: WriteJob<T>): Promise<T> {
    const limit = this.#options.maxWaitingBytes;
    if (this.#waitingBytes === 0 || this.#waitingBytes + job.bytes <= limit) return this.run(job);
    const message = `cannot append: ${this.#waitingBytes} bytes wait for the disk already, the limit is ${limit}`;
    return Promise.reject(new LogError('unavailable', message));
  }

  /**
   * Runs a job whatever waits already: for those that are bounded otherwise (one commit a claim) and that must not fail
   * because others append too much.
   *
   * @throws {LogError} of the job; `full` or `unavailable` when the transaction cannot be committed
   */
  run<T>(job: WriteJob<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waitingBytes += job.bytes;
      this.#waiting.push({
        job,
        settle: (outcome) => {
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value as T);
        },
      });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #drain(): Promise<void> {
    // Jobs of the same turn of the event loop share the first transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commitGroup();
    this.#running = undefined;
  }

  async #commitGroup(): Promise<void> {
    const { tables, turnstile, now, onCommit } = this.#options;
    let group: Waiting[] = [];
    const commit = () =>
      tables.root.childTransaction(() => {
        // Taken only now, with LMDB's write lock held: what came while waiting for it is in.
        group = this.#take();
        const transaction = new WriteTransaction(tables, now());
        const outcomes = group.map(({ job }) => attempt(job, transaction));
        transaction.finish();
        return { transaction, outcomes };
      });
    try {
      const done = await turnstile.pass(commit);
      tables.root.resetReadTxn();
      onCommit(done.transaction);
      for (const [i, outcome] of done.outcomes.entries()) group[i]?.settle(outcome);
    } catch (error) {
      if (group.length === 0) group = this.#take();
      const failure = await commitError(error, this.#options.path);
      for (const { settle } of group) settle({ error: failure });
    }
  }

  #take(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { job } of this.#waiting) {
      if (count > 0 && bytes + job.bytes > GROUP_BYTES) break;
      bytes += job.bytes;
      count += 1;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }
}

/** Refusals are the job's own; anything else undoes the transaction. */
function attempt(job: WriteJob<unknown>, transaction: WriteTransaction): Outcome {
  try {
    return { value: job.run(transaction) };
  } catch (error) {
    if (error instanceof LogError) return { error };
    throw error;
  }
}
