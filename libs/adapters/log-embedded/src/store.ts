import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Turnstile } from '@tandem/lifecycle';
import { LogError } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';
import { ChangeFeed, groupChange, partitionChange } from './change-feed.ts';
import { type Housekeeping, startHousekeeping } from './housekeeping.ts';
import { PartitionReader } from './reader.ts';
import { messageOf, openTables, type Tables } from './tables.ts';
import { TopicCatalogue } from './topic-catalogue.ts';
import { WriteQueue } from './write-queue.ts';
import { type WriteTransaction } from './write-transaction.ts';

/** How a data directory is used by this process. */
export interface StoreOptions {
  readonly path: string;
  readonly now: () => number;
  readonly logger: Logger;
  readonly maxWaitingBytes: number;
  readonly housekeepingMs: number;
  readonly tombstoneMs: number;
}

/**
 * A data directory, open once in this process however many clients use it: LMDB must not be opened twice, and clients
 * of one process then share group commits.
 */
export class Store {
  static readonly #open = new Map<string, Store>();
  static readonly #opening = new Map<string, Promise<Store>>();

  readonly tables: Tables;
  readonly topics: TopicCatalogue;
  readonly queue: WriteQueue;
  readonly changes: ChangeFeed;
  readonly reader: PartitionReader;
  readonly now: () => number;
  readonly path: string;
  readonly #turnstile: Turnstile;
  readonly #housekeeping: Housekeeping;
  #users = 1;
  #closing: Promise<void> | undefined;

  private constructor(options: StoreOptions, turnstile: Turnstile, tables: Tables) {
    this.path = options.path;
    this.now = options.now;
    this.tables = tables;
    this.#turnstile = turnstile;
    this.topics = new TopicCatalogue(this.tables);
    this.changes = new ChangeFeed({ path: options.path, root: this.tables.root, logger: options.logger });
    this.reader = new PartitionReader(this.tables, this.changes);
    this.queue = new WriteQueue({
      tables,
      turnstile,
      path: options.path,
      now: options.now,
      maxWaitingBytes: options.maxWaitingBytes,
      onCommit: (transaction) => this.#committed(transaction),
    });
    this.#housekeeping = startHousekeeping({ ...options, tables: this.tables, topics: this.topics, queue: this.queue });
  }

  /** Opens a directory, making it when needed; the options of the first user of a process apply. */
  static async open(options: StoreOptions): Promise<Store> {
    const path = makeDirectory(options.path);
    for (let other; (other = Store.#opening.get(path)) !== undefined;) await other.catch(() => undefined);
    const open = Store.#open.get(path);
    if (open !== undefined && open.#closing === undefined) {
      open.#users += 1;
      return open;
    }
    if (open !== undefined) {
      await open.#closing;
      return Store.open(options);
    }
    const opening = Store.#create({ ...options, path });
    Store.#opening.set(path, opening);
    return opening.finally(() => Store.#opening.delete(path));
  }

  /**
   * LMDB 1 must not be opened while anybody commits: without a lock it reads the newest transaction's number and writes
   * it to where writers and readers look for it (`mdb_env_open2`). A commit in between would be undone by the next one,
   * and readers would see pages that are no longer theirs.
   */
  static async #create(options: StoreOptions): Promise<Store> {
    const turnstile = makeTurnstile(options.path);
    try {
      const tables = await turnstile.alone(() => openTables(options.path));
      const store = new Store(options, turnstile, tables);
      Store.#open.set(options.path, store);
      return store;
    } catch (error) {
      turnstile.close();
      throw error;
    }
  }

  /** Lets go of the directory; the last user closes it. */
  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    await this.#housekeeping.stop();
    await this.queue.idle();
    this.changes.close();
    await this.tables.root.close();
    this.#turnstile.close();
    Store.#open.delete(this.path);
  }

  #committed(transaction: WriteTransaction): void {
    const keys = [...transaction.appended].map(partitionChange);
    this.changes.committed(transaction.number, [...keys, ...[...transaction.groups].map(groupChange)]);
  }
}

function makeTurnstile(path: string): Turnstile {
  try {
    return new Turnstile(join(path, 'turnstile'));
  } catch (error) {
    throw new LogError('unavailable', `cannot open the log in "${path}": ${messageOf(error)}`, { cause: error });
  }
}

/** The one name of the directory, whichever way it was given. */
function makeDirectory(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
    return realpathSync(path);
  } catch (error) {
    throw new LogError('unavailable', `cannot make the data directory "${path}": ${messageOf(error)}`, {
      cause: error,
    });
  }
}
