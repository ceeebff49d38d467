import { LeaseStoreError } from '@tandem/election';
import { type Turnstile } from '@tandem/lifecycle';
import { type LeaseTables, messageOf } from './lease-tables.ts';

/** More calls than this never wait for the disk. */
const CAPACITY = 10_000;

interface Waiting {
  readonly run: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Group commit: one transaction at a time, and what is asked for while it is under way goes into the next one. */
export class WriteQueue {
  readonly #tables: LeaseTables;
  readonly #turnstile: Turnstile;
  readonly #onCommit: () => void;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  /** @param turnstile keeps commits out while a process opens the directory */
  constructor(tables: LeaseTables, turnstile: Turnstile, onCommit: () => void) {
    this.#tables = tables;
    this.#turnstile = turnstile;
    this.#onCommit = onCommit;
  }

  /**
   * Runs something in a write transaction, no other process writing at the same time; resolves after the commit.
   *
   * @param run must not throw after its first write
   * @throws {LeaseStoreError} when too much waits already, when it took longer than the timeout (what then still waits
   *   is not run), or when the transaction cannot be committed
   */
  run<T>(run: () => T, timeoutMs: number): Promise<T> {
    if (this.#waiting.length >= CAPACITY) {
      return Promise.reject(
        new LeaseStoreError(`cannot change a lease: ${CAPACITY} changes wait for the disk already`),
      );
    }
    return new Promise<T>((resolve, reject) => {
      const waiting: Waiting = {
        run,
        resolve: (value) => {
          clearTimeout(timer);
          resolve(value as T);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
        reject(new LeaseStoreError(`cannot change a lease: not written within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiting.push(waiting);
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #drain(): Promise<void> {
    // Calls of the same turn of the event loop share the first transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commit();
    this.#running = undefined;
  }

  async #commit(): Promise<void> {
    let group: Waiting[] = [];
    const commit = () =>
      this.#tables.root.childTransaction(() => {
        // Taken only now, with LMDB's write lock held: what came while waiting for it is in.
        group = this.#waiting.splice(0);
        return group.map(({ run }) => run());
      });
    try {
      const values = await this.#turnstile.pass(commit);
      this.#tables.root.resetReadTxn();
      for (const [index, { resolve }] of group.entries()) resolve(values[index]);
      this.#onCommit();
    } catch (cause) {
      if (group.length === 0) group = this.#waiting.splice(0);
      const error = new LeaseStoreError(`cannot change a lease: ${messageOf(cause)}`, { cause });
      for (const { reject } of group) reject(error);
    }
  }
}
