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

/** What several {@link MemoryLeaseStore} share, as processes share a server; a test may take it away and empty it. */
export class MemoryLeaseServer {
  readonly #leases = new Map<string, Lease>();
  readonly #watchers = new Set<LeaseListener>();
  readonly #changedAway = new Set<string>();
  #away = false;

  /** While true nobody reaches it. */
  get away(): boolean {
    return this.#away;
  }

  set away(away: boolean) {
    this.#away = away;
    if (away) return;
    const changed = [...this.#changedAway];
    this.#changedAway.clear();
    for (const cluster of changed) this.#tell(cluster);
  }

  /** Forgets every lease, as a flushed Redis does. */
  clear(): void {
    this.#leases.clear();
  }

  /** The lease of a cluster, whoever can reach the server. */
  get(cluster: string): Lease | undefined {
    return this.#leases.get(cluster);
  }

  /** Stores a lease behind the clients' backs, as another process would that reaches a server this one does not. */
  put(lease: Lease): void {
    this.#leases.set(lease.cluster, lease);
    if (this.#away) this.#changedAway.add(lease.cluster);
    else this.#tell(lease.cluster);
  }

  /** Removes a lease, and tells nobody. */
  remove(cluster: string): void {
    this.#leases.delete(cluster);
  }

  /** All leases, by cluster. */
  list(): readonly Lease[] {
    return [...this.#leases.values()].sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
  }

  /** Tells of changes; the function returned ends it. */
  watch(listener: LeaseListener): () => void {
    this.#watchers.add(listener);
    return () => void this.#watchers.delete(listener);
  }

  #tell(cluster: string): void {
    const lease = this.#leases.get(cluster);
    if (lease === undefined) return;
    for (const watcher of [...this.#watchers]) watcher(lease);
  }
}

/** What a {@link MemoryLeaseStore} is made with. */
export interface MemoryLeaseOptions {
  /** Default: one of its own. */
  readonly server?: MemoryLeaseServer;
  /** Unix ms, the store's clock; default the machine's. */
  readonly now?: () => number;
}

/** The fake of the lease port. Keeps the contract of LEASE.md. */
export class MemoryLeaseStore implements LeaseStore {
  readonly server: MemoryLeaseServer;
  readonly #now: () => number;
  readonly #closing = new AbortController();

  constructor({ server = new MemoryLeaseServer(), now = Date.now }: MemoryLeaseOptions = {}) {
    this.server = server;
    this.#now = now;
  }

  acquire(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    return this.#change('acquire', claim, ttlMs);
  }

  renew(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    return this.#change('renew', claim, ttlMs);
  }

  handOver(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    return this.#change('handOver', claim, ttlMs);
  }

  purge(expiredForMs: number): Promise<number> {
    return this.#ask('remove leases', () => {
      checkPurgeRequest(expiredForMs);
      const nowMs = this.#now();
      const gone = this.server.list().filter((lease) => isExpiredFor(lease, expiredForMs, nowMs));
      for (const { cluster } of gone) this.server.remove(cluster);
      return gone.length;
    });
  }

  list(): Promise<readonly Lease[]> {
    return this.#ask('list leases', () => this.server.list());
  }

  watch(listener: LeaseListener, signal: AbortSignal): Promise<void> {
    return this.#ask('watch leases', () => {
      const ending = AbortSignal.any([signal, this.#closing.signal]);
      if (ending.aborted) return;
      ending.addEventListener('abort', this.server.watch(listener), { once: true });
    });
  }

  ping(): Promise<void> {
    return this.#ask('reach the lease store', () => undefined);
  }

  close(): Promise<void> {
    this.#closing.abort();
    return Promise.resolve();
  }

  #change(operation: LeaseOperation, claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    return this.#ask(`${operation} the lease of "${claim.cluster}"`, () => {
      checkLeaseRequest(claim, ttlMs);
      const stored = this.server.get(claim.cluster);
      const outcome = decideLease({ operation, claim, ttlMs, stored, nowMs: this.#now() });
      if (outcome.outcome === 'granted') this.server.put(outcome.lease);
      return outcome;
    });
  }

  // Asynchronous, and after a turn of the loop, as every real store answers.
  async #ask<T>(what: string, answer: () => T): Promise<T> {
    await Promise.resolve();
    if (this.#closing.signal.aborted) throw new LeaseStoreError(`cannot ${what}: the store is closed`);
    if (this.server.away) throw new LeaseStoreError(`cannot ${what}: the store is away`);
    return answer();
  }
}
