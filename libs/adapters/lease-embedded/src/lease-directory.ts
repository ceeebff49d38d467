import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type LeaseListener, LeaseStoreError } from '@tandem/election';
import { Turnstile } from '@tandem/lifecycle';
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
  static readonly #opening = new Map<string, Promise<LeaseDirectory>>();

  readonly tables: LeaseTables;
  readonly queue: WriteQueue;
  readonly #path: string;
  readonly #turnstile: Turnstile;
  readonly #watches = new Set<Watch>();
  #poll: NodeJS.Timeout | undefined;
  #users = 1;
  #closing: Promise<void> | undefined;

  private constructor(path: string, turnstile: Turnstile, tables: LeaseTables) {
    this.#path = path;
    this.#turnstile = turnstile;
    this.tables = tables;
    this.queue = new WriteQueue(tables, turnstile, () => this.#look());
  }

  /** @throws {LeaseStoreError} */
  static async open(folder: string): Promise<LeaseDirectory> {
    const path = makeFolder(folder);
    for (let other; (other = LeaseDirectory.#opening.get(path)) !== undefined;) await other.catch(() => undefined);
    const open = LeaseDirectory.#open.get(path);
    if (open !== undefined && open.#closing === undefined) {
      open.#users += 1;
      return open;
    }
    if (open !== undefined) {
      await open.#closing;
      return LeaseDirectory.open(folder);
    }
    const opening = LeaseDirectory.#create(path);
    LeaseDirectory.#opening.set(path, opening);
    return opening.finally(() => LeaseDirectory.#opening.delete(path));
  }

  /**
   * LMDB 1 must not be opened while anybody commits: without a lock it reads the newest transaction's number and writes
   * it to where writers and readers look for it (`mdb_env_open2`), which undoes a commit in between.
   */
  static async #create(path: string): Promise<LeaseDirectory> {
    const turnstile = makeTurnstile(path);
    try {
      const tables = await turnstile.alone(() => new LeaseTables(path));
      const directory = new LeaseDirectory(path, turnstile, tables);
      LeaseDirectory.#open.set(path, directory);
      return directory;
    } catch (error) {
      turnstile.close();
      throw error;
    }
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
    this.#turnstile.close();
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

function makeTurnstile(path: string): Turnstile {
  try {
    return new Turnstile(join(path, 'turnstile'));
  } catch (cause) {
    throw new LeaseStoreError(`cannot open the leases in "${path}": ${messageOf(cause)}`, { cause });
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
