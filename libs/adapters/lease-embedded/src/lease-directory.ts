import { mkdirSync, realpathSync } from 'node:fs';
import { type LeaseListener, LeaseStoreError } from '@tandem/election';
import { LeaseTables, messageOf } from './lease-tables.ts';
import { WriteQueue } from './write-queue.ts';

/** How soon a change made by another process is seen. Reads shared memory, so looking costs next to nothing. */
const POLL_MS = 50;

interface Watch {
  readonly listener: LeaseListener;
  /** The newest change this one has been told of. */
  seen: number;
}

/** A directory of leases, open once in this process however many stores use it: LMDB must not be opened twice. */
export class LeaseDirectory {
  static readonly #open = new Map<string, LeaseDirectory>();

  readonly tables: LeaseTables;
  readonly queue: WriteQueue;
  readonly #path: string;
  readonly #watches = new Set<Watch>();
  #poll: NodeJS.Timeout | undefined;
  #users = 1;
  #closing: Promise<void> | undefined;

  private constructor(path: string) {
    this.#path = path;
    this.tables = new LeaseTables(path);
    this.queue = new WriteQueue(this.tables, () => this.#look());
  }

  /** @throws {LeaseStoreError} */
  static async open(folder: string): Promise<LeaseDirectory> {
    const path = makeFolder(folder);
    const open = LeaseDirectory.#open.get(path);
    if (open !== undefined && open.#closing === undefined) {
      open.#users += 1;
      return open;
    }
    if (open !== undefined) {
      await open.#closing;
      return LeaseDirectory.open(folder);
    }
    const directory = new LeaseDirectory(path);
    LeaseDirectory.#open.set(path, directory);
    return directory;
  }

  /** Lets go of it; the last user closes it. */
  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#poll);
    await this.queue.idle();
    await this.tables.root.close();
    LeaseDirectory.#open.delete(this.#path);
  }

  /** Tells of every change from now on; the function returned ends it. */
  watch(listener: LeaseListener): () => void {
    this.tables.root.resetReadTxn();
    const watch = { listener, seen: this.tables.lastChange() };
    this.#watches.add(watch);
    this.#poll ??= setInterval(() => this.#look(), POLL_MS);
    return () => {
      this.#watches.delete(watch);
      if (this.#watches.size > 0) return;
      clearInterval(this.#poll);
      this.#poll = undefined;
    };
  }

  /** Tells watchers what anybody committed since the last look. */
  #look(): void {
    if (this.#watches.size === 0) return;
    this.tables.root.resetReadTxn();
    const last = this.tables.lastChange();
    for (const watch of [...this.#watches]) {
      const { seen } = watch;
      watch.seen = last;
      if (seen === last) continue;
      for (const { lease } of this.tables.changedAfter(seen)) {
        if (this.#watches.has(watch)) watch.listener(lease);
      }
    }
  }
}

function makeFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    return realpathSync(folder);
  } catch (cause) {
    throw new LeaseStoreError(`cannot open the leases in "${folder}": ${messageOf(cause)}`, { cause });
  }
}
