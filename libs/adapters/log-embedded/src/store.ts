import { mkdirSync, realpathSync } from 'node:fs';
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

  readonly tables: Tables;
  readonly topics: TopicCatalogue;
  readonly queue: WriteQueue;
  readonly changes: ChangeFeed;
  readonly reader: PartitionReader;
  readonly now: () => number;
  readonly path: string;
  readonly #housekeeping: Housekeeping;
  #users = 1;
  #closing: Promise<void> | undefined;

  private constructor(options: StoreOptions) {
    this.path = options.path;
    this.now = options.now;
    this.tables = openTables(options.path);
    this.topics = new TopicCatalogue(this.tables);
    this.changes = new ChangeFeed({ path: options.path, root: this.tables.root, logger: options.logger });
    this.reader = new PartitionReader(this.tables, this.changes);
    this.queue = new WriteQueue({
      tables: this.tables,
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
    const open = Store.#open.get(path);
    if (open !== undefined && open.#closing === undefined) {
      open.#users += 1;
      return open;
    }
    if (open !== undefined) {
      await open.#closing;
      return Store.open(options);
    }
    const store = new Store({ ...options, path });
    Store.#open.set(path, store);
    return store;
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
    Store.#open.delete(this.path);
  }

  #committed(transaction: WriteTransaction): void {
    const keys = [...transaction.appended].map(partitionChange);
    this.changes.committed(transaction.number, [...keys, ...[...transaction.groups].map(groupChange)]);
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
