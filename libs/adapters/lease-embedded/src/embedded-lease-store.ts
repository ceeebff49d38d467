import {
  checkLeaseRequest,
  checkPurgeRequest,
  decideLease,
  isExpiredFor,
  type Lease,
  type LeaseClaim,
  type LeaseListener,
  type LeaseOperation,
  type LeaseOutcome,
  type LeaseStore,
  LeaseStoreError,
} from '@tandem/election';
import { LeaseDirectory } from './lease-directory.ts';
import { messageOf } from './lease-tables.ts';

/** How to open the leases of a data directory. */
export interface EmbeddedLeaseOptions {
  /** The folder of the leases, made when missing: `<data directory>/leases`. On a local file system. */
  readonly path: string;
  /** Unix ms, the store's clock; the same for all processes, which share the machine's. Default `Date.now`. */
  readonly now?: () => number;
  /** How long a change may wait for the disk, and for other processes' changes, ms. Default 5000. */
  readonly timeoutMs?: number;
}

/**
 * Opens the leases of a data directory. Any number of stores, in any number of processes of the machine, may use it.
 *
 * @throws {LeaseStoreError} when it cannot be opened
 */
export async function openEmbeddedLeaseStore(options: EmbeddedLeaseOptions): Promise<EmbeddedLeaseStore> {
  return new EmbeddedLeaseStore(await LeaseDirectory.open(options.path), options);
}

/** Leases in an LMDB environment. Made by {@link openEmbeddedLeaseStore}. */
export class EmbeddedLeaseStore implements LeaseStore {
  readonly #directory: LeaseDirectory;
  readonly #now: () => number;
  readonly #timeoutMs: number;
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(directory: LeaseDirectory, { now = Date.now, timeoutMs = 5000 }: Omit<EmbeddedLeaseOptions, 'path'>) {
    this.#directory = directory;
    this.#now = now;
    this.#timeoutMs = timeoutMs;
  }

  async acquire(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    return this.#change('acquire', claim, ttlMs);
  }

  async renew(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    return this.#change('renew', claim, ttlMs);
  }

  async handOver(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    return this.#change('handOver', claim, ttlMs);
  }

  async purge(expiredForMs: number): Promise<number> {
    checkPurgeRequest(expiredForMs);
    this.#checkOpen('remove leases');
    const { tables, queue } = this.#directory;
    return queue.run(() => {
      const nowMs = this.#now();
      const gone = tables.list().filter((lease) => isExpiredFor(lease, expiredForMs, nowMs));
      for (const { cluster } of gone) tables.remove(cluster);
      return gone.length;
    }, this.#timeoutMs);
  }

  async list(): Promise<readonly Lease[]> {
    return this.#read('list leases', ({ tables }) => tables.list());
  }

  async watch(listener: LeaseListener, signal: AbortSignal): Promise<void> {
    return this.#read('watch leases', (directory) => {
      const ending = AbortSignal.any([signal, this.#closing.signal]);
      if (!ending.aborted) ending.addEventListener('abort', directory.watch(listener), { once: true });
    });
  }

  async ping(): Promise<void> {
    return this.#read('reach the leases', ({ tables }) => void tables.lastChange());
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#closed ??= this.#directory.release();
    return this.#closed;
  }

  async #change(operation: LeaseOperation, claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    checkLeaseRequest(claim, ttlMs);
    this.#checkOpen('change a lease');
    const { tables, queue } = this.#directory;
    return queue.run(() => {
      const stored = tables.get(claim.cluster)?.lease;
      const outcome = decideLease({ operation, claim, ttlMs, stored, nowMs: this.#now() });
      if (outcome.outcome === 'granted') tables.put(outcome.lease);
      return outcome;
    }, this.#timeoutMs);
  }

  // Asynchronous by the port: a failure must be a rejection.
  // eslint-disable-next-line @typescript-eslint/require-await
  async #read<T>(what: string, read: (directory: LeaseDirectory) => T): Promise<T> {
    this.#checkOpen(what);
    try {
      this.#directory.tables.root.resetReadTxn();
      return read(this.#directory);
    } catch (cause) {
      throw new LeaseStoreError(`cannot ${what}: ${messageOf(cause)}`, { cause });
    }
  }

  #checkOpen(what: string): void {
    if (this.#closing.signal.aborted) throw new LeaseStoreError(`cannot ${what}: the store is closed`);
  }
}
