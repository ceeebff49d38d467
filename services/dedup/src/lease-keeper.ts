import {
  LeaseStoreError,
  type Lease,
  type LeaseClaim,
  type LeaseOutcome,
  type LeaseRefusal,
  type LeaseStore,
} from '@tandem/election';
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
  /** When the store was asked last, ms on the monotonic clock. */
  askedAtMs: number;
  asking: boolean;
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
    else this.#entries.set(claim.cluster, { holder, claim, granted: undefined, askedAtMs: -Infinity, asking: false });
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
    const limit = this.#backoffMs > 0 ? 1 : CONCURRENCY;
    for (const cluster of this.#queue) {
      if (this.#stopped || this.#cancelBackoff !== undefined || this.#asking.size >= limit) return;
      const entry = this.#entries.get(cluster);
      // One question at a time about a cluster: it stays in the queue until the answer is there.
      if (entry?.asking === true) continue;
      this.#queue.delete(cluster);
      if (entry !== undefined) this.#begin(entry);
    }
  }

  #begin(entry: Entry): void {
    entry.asking = true;
    entry.askedAtMs = this.#options.clock.now();
    const asking = this.#write(entry)
      .catch((error: unknown) => this.#options.logger.error({ error }, 'lease not written'))
      .finally(() => {
        entry.asking = false;
        this.#asking.delete(asking);
        this.#pump();
      });
    this.#asking.add(asking);
  }

  async #write(entry: Entry): Promise<void> {
    const { claim } = entry;
    try {
      const outcome = await this.#ask(entry, claim);
      this.#reached();
      if (this.#entries.get(claim.cluster) !== entry) return;
      if (outcome.outcome === 'granted') this.#granted(entry, claim);
      else this.#refused(entry, claim, outcome.current);
    } catch (error) {
      this.#options.metrics.leaseOperations.inc({ outcome: 'error' });
      if (!(error instanceof LeaseStoreError)) throw error;
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
    return outcome.outcome === 'refused' && isBehind(outcome, granted) ? store.acquire(claim, ttlMs) : outcome;
  }

  #granted(entry: Entry, claim: LeaseClaim): void {
    this.#options.metrics.leaseOperations.inc({ outcome: 'granted' });
    this.#conflicts.delete(claim.cluster);
    entry.granted = claim;
  }

  #refused(entry: Entry, claim: LeaseClaim, current: Lease | undefined): void {
    const { metrics, logger, owner } = this.#options;
    metrics.leaseOperations.inc({ outcome: 'refused' });
    const held = entry.granted;
    entry.granted = undefined;
    const { cluster, epoch } = claim;
    if (held !== undefined && current !== undefined && current.owner !== owner && current.epoch >= held.epoch) {
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
      for (const [cluster, { askedAtMs }] of this.#entries) if (askedAtMs <= beforeMs) this.#enqueue(cluster);
      this.#scheduleRenewal();
    }, renewAfterMs / 4);
  }
}

/** Whether the store has nothing newer than what it granted: it lost it, or let it expire. */
function isBehind(refusal: LeaseRefusal, granted: LeaseClaim): boolean {
  return refusal.reason === 'expired' || refusal.current === undefined || refusal.current.epoch < granted.epoch;
}
