import { type Lease, type LeaseClaim, type LeaseOutcome, type LeaseStore } from '@tandem/election';
import { type Clock } from '@tandem/lifecycle';
import { type Logger } from '@tandem/telemetry';

import { type DedupMetrics } from './metrics.ts';

/** The holder of a partition, on whose behalf leases are kept. */
export interface LeaseHolder {
  /** A lease that was held is another owner's now: somebody else holds the partition. */
  lost(current: Lease): void;
}

/** What leases are kept with. */
export interface LeaseKeeperOptions {
  readonly store: Pick<LeaseStore, 'acquire' | 'renew' | 'handOver'>;
  readonly owner: string;
  readonly ttlMs: number;
  /** A lease not written for this time is written again, ms. */
  readonly renewAfterMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: DedupMetrics;
}

/** The lease of one cluster. */
interface Entry {
  readonly holder: LeaseHolder;
  claim: LeaseClaim;
  /** What the store has granted on the holder's behalf. */
  granted: LeaseClaim | undefined;
  writtenAtMs: number;
}

/** Questions to the store at a time. */
const CONCURRENCY = 8;
/** Clusters that may wait. */
const CAPACITY = 10_000;
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5_000;

/**
 * Keeps the leases of this instance's clusters written, beside the stream and never in its way: changes wait in a
 * bounded queue, one place per cluster, the newest state winning. A store that is away is tried again and again, and
 * shown as degraded meanwhile.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #queue = new Set<string>();
  readonly #asking = new Set<Promise<void>>();
  readonly #conflicts = new Set<string>();
  #backoffMs = 0;
  #cancelBackoff: (() => void) | undefined;
  #cancelRenewal: () => void = () => undefined;
  #stopped = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    const { metrics } = options;
    metrics.leaseQueueLimit.set(CAPACITY);
    metrics.leaseStoreUp.set(1);
    this.#scheduleRenewal();
  }

  /** What is wrong with the leases now, in a few words each. */
  get degraded(): readonly string[] {
    const found: string[] = [];
    if (this.#backoffMs > 0) found.push('the lease store cannot be reached');
    if (this.#conflicts.size > 0) found.push(`${this.#conflicts.size} leases are refused by the lease store`);
    return found;
  }

  /** Clusters whose lease is held, and those whose lease waits to be written. */
  get counts(): { readonly held: number; readonly queued: number } {
    let held = 0;
    for (const { granted } of this.#entries.values()) if (granted !== undefined) held++;
    return { held, queued: this.#queue.size };
  }

  /** Has the lease of a cluster written as it is now. */
  announce(claim: LeaseClaim, holder: LeaseHolder): void {
    const entry = this.#entries.get(claim.cluster);
    if (entry?.holder === holder) entry.claim = claim;
    else this.#entries.set(claim.cluster, { holder, claim, granted: undefined, writtenAtMs: -Infinity });
    this.#enqueue(claim.cluster);
  }

  /** Lets the lease of a cluster expire. */
  withdraw(cluster: string, holder: LeaseHolder): void {
    if (this.#entries.get(cluster)?.holder !== holder) return;
    this.#entries.delete(cluster);
    this.#queue.delete(cluster);
    this.#conflicts.delete(cluster);
  }

  /** Keeps nothing more on behalf of a holder. */
  release(holder: LeaseHolder): void {
    for (const cluster of [...this.#entries.keys()]) this.withdraw(cluster, holder);
  }

  /** Writes nothing more; resolves when no question is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#queue.clear();
    this.#cancelBackoff?.();
    this.#cancelRenewal();
    await Promise.all(this.#asking);
  }

  #enqueue(cluster: string): void {
    if (this.#stopped) return;
    if (this.#queue.size >= CAPACITY && !this.#queue.has(cluster)) {
      this.#options.metrics.leaseDropped.inc();
      return;
    }
    this.#queue.add(cluster);
    this.#pump();
  }

  #pump(): void {
    const waiting = this.#cancelBackoff !== undefined;
    const limit = this.#backoffMs > 0 ? 1 : CONCURRENCY;
    while (!this.#stopped && !waiting && this.#asking.size < limit) {
      const next = this.#queue.values().next();
      if (next.done === true) return;
      this.#queue.delete(next.value);
      const entry = this.#entries.get(next.value);
      if (entry === undefined) continue;
      const asking = this.#write(entry).finally(() => {
        this.#asking.delete(asking);
        this.#pump();
      });
      this.#asking.add(asking);
    }
  }

  async #write(entry: Entry): Promise<void> {
    const { claim } = entry;
    try {
      const outcome = await this.#ask(entry, claim);
      this.#reached();
      if (this.#entries.get(claim.cluster) !== entry) return;
      entry.writtenAtMs = this.#options.clock.now();
      if (outcome.outcome === 'granted') this.#granted(entry, claim);
      else this.#refused(entry, claim, outcome.current);
    } catch (error) {
      this.#options.metrics.leaseOperations.inc({ outcome: 'error' });
      this.#unreachable(error);
      if (this.#entries.get(claim.cluster) === entry) this.#enqueue(claim.cluster);
    }
  }

  async #ask({ granted }: Entry, claim: LeaseClaim): Promise<LeaseOutcome> {
    const { store, ttlMs } = this.#options;
    if (granted === undefined) return store.acquire(claim, ttlMs);
    let outcome: LeaseOutcome;
    if (granted.epoch === claim.epoch) outcome = await store.renew(claim, ttlMs);
    else if (granted.epoch + 1 === claim.epoch) outcome = await store.handOver(claim, ttlMs);
    else return store.acquire(claim, ttlMs);
    const gone = outcome.outcome === 'refused' && (outcome.reason === 'expired' || outcome.reason === 'missing');
    return gone ? store.acquire(claim, ttlMs) : outcome;
  }

  #granted(entry: Entry, claim: LeaseClaim): void {
    this.#options.metrics.leaseOperations.inc({ outcome: 'granted' });
    this.#conflicts.delete(claim.cluster);
    entry.granted = claim;
  }

  #refused(entry: Entry, claim: LeaseClaim, current: Lease | undefined): void {
    const { metrics, logger, owner } = this.#options;
    metrics.leaseOperations.inc({ outcome: 'refused' });
    const held = entry.granted !== undefined;
    entry.granted = undefined;
    const { cluster, epoch } = claim;
    if (held && current !== undefined && current.owner !== owner) {
      entry.holder.lost(current);
      return;
    }
    // Never held: the store remembers another history (of a log that was replaced, say). It informs, it does not decide.
    this.#conflicts.add(cluster);
    logger.warn(
      { cluster, epoch, storedEpoch: current?.epoch, storedOwner: current?.owner },
      'lease refused, the stream goes on without it',
    );
  }

  #reached(): void {
    if (this.#backoffMs === 0) return;
    this.#backoffMs = 0;
    this.#options.metrics.leaseStoreUp.set(1);
    this.#options.logger.info({}, 'lease store answers again');
  }

  #unreachable(error: unknown): void {
    if (this.#backoffMs === 0) {
      this.#options.metrics.leaseStoreUp.set(0);
      this.#options.logger.warn({ error }, 'lease store cannot be reached, the stream goes on without it');
    }
    if (this.#stopped || this.#cancelBackoff !== undefined) return;
    this.#backoffMs = Math.min(MAX_BACKOFF_MS, Math.max(FIRST_BACKOFF_MS, this.#backoffMs * 2));
    this.#cancelBackoff = this.#options.clock.schedule(() => {
      this.#cancelBackoff = undefined;
      this.#pump();
    }, this.#backoffMs);
  }

  /** Renews what the stream has not made news of for a while: silent clusters, and those refused before. */
  #scheduleRenewal(): void {
    const { clock, renewAfterMs } = this.#options;
    this.#cancelRenewal = clock.schedule(() => {
      const beforeMs = clock.now() - renewAfterMs;
      for (const [cluster, { writtenAtMs }] of this.#entries) if (writtenAtMs <= beforeMs) this.#enqueue(cluster);
      this.#scheduleRenewal();
    }, renewAfterMs / 4);
  }
}
