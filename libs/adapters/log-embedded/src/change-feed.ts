import { closeSync, type FSWatcher, openSync, watch, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger } from '@tandem/telemetry';
import { type RootDatabase } from 'lmdb';
import { messageOf } from './tables.ts';

const FILE = 'changed';
const MARK = Buffer.of(1);
/** Safety net where a writer died between its commit and its mark. */
const POLL_MS = 250;
/** Where the file system tells of no changes at all. */
const FAST_POLL_MS = 10;

/** The key of a partition. */
export function partitionChange(id: number): string {
  return `partition ${id}`;
}

/** The key of a group. */
export function groupChange(group: string): string {
  return `group ${group}`;
}

interface Waiter {
  readonly key: string;
  readonly holds: () => boolean;
  readonly wake: () => void;
}

/** What the feed needs to know of its surroundings. */
export interface ChangeFeedOptions {
  readonly path: string;
  readonly root: RootDatabase<Buffer, Buffer>;
  readonly logger: Logger;
}

/**
 * Wakes whoever waits for a change of the tables, made by this process or another one. Writers touch a file after
 * each commit and everybody watches it (inotify on Linux), so that waiting costs nothing while nothing happens.
 */
export class ChangeFeed {
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #file: number;
  readonly #watcher: FSWatcher | undefined;
  readonly #poll: NodeJS.Timeout;
  readonly #waiters = new Map<string, Set<Waiter>>();
  #seenTransaction = 0;

  constructor({ path, root, logger }: ChangeFeedOptions) {
    this.#root = root;
    const file = join(path, FILE);
    this.#file = openSync(file, 'a');
    this.#watcher = this.#watch(file, logger);
    // Keeps the process alive while the log is open, as a connection would.
    this.#poll = setInterval(() => this.#look(), this.#watcher === undefined ? FAST_POLL_MS : POLL_MS);
  }

  /** Tells of a commit of this process: whoever waits for one of the keys, and all other processes. */
  committed(transaction: number, keys: Iterable<string>): void {
    // With nobody's commit in between, there is nothing to look for but these keys.
    if (transaction === this.#seenTransaction + 1) this.#seenTransaction = transaction;
    for (const key of keys) this.#wake(key);
    writeSync(this.#file, MARK, 0, MARK.length, 0);
  }

  /**
   * Resolves when the condition holds, looked at again after every change that may concern the key; or when the signal
   * aborts.
   */
  wait(key: string, holds: () => boolean, signal: AbortSignal): Promise<void> {
    if (signal.aborted || holds()) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(key) ?? new Set();
      this.#waiters.set(key, waiters);
      const wake = (): void => {
        waiters.delete(waiter);
        if (waiters.size === 0 && this.#waiters.get(key) === waiters) this.#waiters.delete(key);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const waiter: Waiter = { key, holds, wake };
      waiters.add(waiter);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  close(): void {
    clearInterval(this.#poll);
    this.#watcher?.close();
    closeSync(this.#file);
  }

  #watch(file: string, logger: Logger): FSWatcher | undefined {
    const failed = (error: unknown): void =>
      logger.warn({ file, error: messageOf(error) }, 'cannot watch for changes by other processes, looking regularly');
    try {
      const watcher = watch(file, { persistent: false }, () => this.#look());
      watcher.on('error', failed);
      return watcher;
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  /** Looks whether anybody committed since the last look. */
  #look(): void {
    if (this.#waiters.size === 0) return;
    const transaction = lastTransaction(this.#root);
    if (transaction === this.#seenTransaction) return;
    this.#seenTransaction = transaction;
    this.#root.resetReadTxn();
    for (const key of [...this.#waiters.keys()]) this.#wake(key);
  }

  #wake(key: string): void {
    for (const waiter of [...(this.#waiters.get(key) ?? [])]) {
      if (waiter.holds()) waiter.wake();
    }
  }
}

function lastTransaction(root: RootDatabase<Buffer, Buffer>): number {
  const stats: { lastTxnId?: number } = root.getStats();
  return stats.lastTxnId ?? Number.NaN;
}
