import { createHash } from 'node:crypto';
import { type Lease, LeaseStoreError, parseLease } from '@tandem/election';
import { type Database, open, type RootDatabase } from 'lmdb';

/** Version of the layout below; a directory of a newer one is refused. */
const FORMAT = 1;
const FORMAT_KEY = Buffer.from('format');
/** Address space, not disk. */
const MAP_BYTES = 2 ** 34;
const MAX_READERS = 512;
/** LMDB's keys are bounded (1978 bytes); longer names are kept by their hash. */
const LONGEST_KEY = 1024;

type Table = Database<Buffer, Buffer>;

/** A lease, and when it was written in relation to others. */
export interface StoredLease {
  readonly lease: Lease;
  /** Number of the change that wrote it, growing by one with every change of the directory. */
  readonly change: number;
}

/**
 * The leases of a directory: cluster → JSON of its lease, and change number → cluster, the newest change of each
 * cluster only, so that what changed since a number is found without looking at everything.
 */
export class LeaseTables {
  readonly root: RootDatabase<Buffer, Buffer>;
  readonly #leases: Table;
  readonly #changes: Table;

  /** @throws {LeaseStoreError} when the directory cannot be opened, or is a newer version's */
  constructor(path: string) {
    try {
      this.root = open<Buffer, Buffer>({
        path,
        encoding: 'binary',
        keyEncoding: 'binary',
        noSubdir: false,
        mapSize: MAP_BYTES,
        maxDbs: 4,
        maxReaders: MAX_READERS,
        // With overlapping, a process killed while it syncs leaves a lock that LMDB takes for the writers' own: MDB_PANIC.
        overlappingSync: false,
        // The write queue batches; lmdb-js's own batches leave a rejection nobody handles when a commit fails.
        eventTurnBatching: false,
      });
    } catch (cause) {
      throw new LeaseStoreError(`cannot open the leases in "${path}": ${messageOf(cause)}`, { cause });
    }
    const table = (name: string): Table =>
      this.root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
    this.#leases = table('leases');
    this.#changes = table('changes');
    this.#checkFormat(table('meta'), path);
  }

  #checkFormat(meta: Table, path: string): void {
    const found = this.root.transactionSync(() => {
      const stored = meta.get(FORMAT_KEY);
      if (stored !== undefined) return stored.readUInt32BE(0);
      const own = Buffer.alloc(4);
      own.writeUInt32BE(FORMAT);
      meta.putSync(FORMAT_KEY, own);
      return FORMAT;
    });
    if (found <= FORMAT) return;
    void this.root.close();
    const message = `cannot open the leases in "${path}": they have format ${found}, this version knows up to ${FORMAT}`;
    throw new LeaseStoreError(message);
  }

  /** The lease of a cluster. */
  get(cluster: string): StoredLease | undefined {
    return this.#read(keyOf(cluster));
  }

  /** Stores a lease, in a write transaction. */
  put(lease: Lease): void {
    const key = keyOf(lease.cluster);
    const before = this.#read(key);
    // Asked before anything is removed: this cluster's may be the newest change.
    const last = this.lastChange();
    const change = last + 1;
    if (before !== undefined) this.#changes.removeSync(changeKey(before.change));
    this.#tidy(last);
    this.#leases.putSync(key, Buffer.from(JSON.stringify({ ...lease, change })));
    this.#changes.putSync(changeKey(change), key);
  }

  /** Removes a lease, in a write transaction. */
  remove(cluster: string): void {
    const key = keyOf(cluster);
    const stored = this.#read(key);
    this.#leases.removeSync(key);
    // The newest change stays, without its lease: the numbers must not go back.
    if (stored !== undefined && stored.change !== this.lastChange()) this.#changes.removeSync(changeKey(stored.change));
  }

  /** Removes a change whose lease was removed, once it is not the newest one any more. */
  #tidy(change: number): void {
    const key = this.#changes.get(changeKey(change));
    if (key !== undefined && this.#read(key)?.change !== change) this.#changes.removeSync(changeKey(change));
  }

  /** All leases, by cluster. */
  list(): Lease[] {
    const leases: Lease[] = [];
    for (const { value } of this.#leases.getRange()) {
      const lease = parseLease(value.toString());
      if (lease !== undefined) leases.push(lease);
    }
    return leases.sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
  }

  /** Number of the newest change; 0 before the first. */
  lastChange(): number {
    for (const key of this.#changes.getKeys({ reverse: true, limit: 1 })) return changeOf(key);
    return 0;
  }

  /** What was changed after a change, each cluster once, as it is now. */
  changedAfter(change: number): StoredLease[] {
    const changed: StoredLease[] = [];
    for (const { value: key } of this.#changes.getRange({ start: changeKey(change + 1) })) {
      const stored = this.#read(key);
      if (stored !== undefined) changed.push(stored);
    }
    return changed;
  }

  #read(key: Buffer): StoredLease | undefined {
    const text = this.#leases.get(key)?.toString();
    const lease = text === undefined ? undefined : parseLease(text);
    if (text === undefined || lease === undefined) return undefined;
    const { change } = JSON.parse(text) as { change: number };
    return { lease, change };
  }
}

function keyOf(cluster: string): Buffer {
  const bytes = Buffer.from(cluster);
  return bytes.length <= LONGEST_KEY ? bytes : createHash('sha256').update(bytes).digest();
}

function changeKey(change: number): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt(change));
  return key;
}

function changeOf(key: Buffer): number {
  return Number(key.readBigUInt64BE(0));
}

/** What an unknown thrown value says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
