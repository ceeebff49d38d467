/** What other processes see of an election: who is elected in a cluster, since when, and who vouches for it. */
export interface Lease {
  /** `tenant/cluster`. */
  readonly cluster: string;
  readonly replica: string;
  /** Grows by one with every election of the cluster; decides between two claims. */
  readonly epoch: number;
  /** The dedup instance that keeps the lease. */
  readonly owner: string;
  /** Log time of the election, Unix ms. */
  readonly electedAtMs: number;
  /** Log time of the elected replica's newest record known here, Unix ms. */
  readonly receivedAtMs: number;
  /** When the owner is presumed gone, Unix ms on the store's clock. An expired lease still tells who was elected. */
  readonly expiresAtMs: number;
}

/** What an owner puts into a lease; the store adds the expiry from its own clock. */
export type LeaseClaim = Omit<Lease, 'expiresAtMs'>;

/** Why a lease was not given: `current` is what the store holds instead (absent: it holds nothing). */
export interface LeaseRefusal {
  readonly outcome: 'refused';
  /** `stale-epoch`: the store knows a later or another election; `not-owner`: another owner holds it; `expired`: acquire it again; `missing`: there is none. */
  readonly reason: 'stale-epoch' | 'not-owner' | 'expired' | 'missing';
  readonly current?: Lease;
}

/** What came of asking for a lease. */
export type LeaseOutcome = { readonly outcome: 'granted'; readonly lease: Lease } | LeaseRefusal;

/** A change seen by a watcher. */
export type LeaseListener = (lease: Lease) => void;

/**
 * Holds one lease per cluster, each change a compare-and-set on the epoch. It informs and fences; it does not decide:
 * elections are decided from the log, and the stream goes on without this store.
 *
 * Every method rejects with {@link LeaseStoreError} when the store cannot be asked; none waits longer than its timeout.
 * A claim that is none (`checkLeaseRequest`) rejects with a RangeError. LEASE.md has the whole table and the invariants.
 */
export interface LeaseStore {
  /**
   * Takes a lease: granted when there is none, when the claim's epoch is later than the stored one, or when it is the
   * same election (same epoch and replica) taken over by another owner. Callers hold the partition first (it fences).
   */
  acquire(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome>;
  /** Prolongs a lease and moves `receivedAtMs`, if owner and epoch are still the stored ones and it has not expired. */
  renew(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome>;
  /**
   * Elects another replica: stores `claim` if owner matches, `claim.epoch - 1` is the stored epoch (or the claim is
   * stored already: its answer was lost), and it has not expired.
   */
  handOver(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome>;
  /**
   * Removes the leases that expired so long ago or earlier, whoever's they were, and resolves to their number; watchers are
   * not told. Whoever comes back acquires anew.
   *
   * @param expiredForMs from 0 on; a RangeError otherwise
   */
  purge(expiredForMs: number): Promise<number>;
  /** All leases, expired ones included, ordered by cluster. */
  list(): Promise<readonly Lease[]>;
  /**
   * Calls the listener for every change from now on, made by any process, until the signal aborts; after an outage of
   * the store it is called for what changed meanwhile. Resolves when watching has begun.
   */
  watch(listener: LeaseListener, signal: AbortSignal): Promise<void>;
  /** Rejects when the store cannot be reached. */
  ping(): Promise<void>;
  /** Releases connections; leases stay. Idempotent. */
  close(): Promise<void>;
}

/** The lease store could not be asked; the driver's error is the `cause`. */
export class LeaseStoreError extends Error {
  override readonly name: string = 'LeaseStoreError';
  readonly code = 'TANDEM_LEASE_UNAVAILABLE';
  readonly retryable = true;
}
