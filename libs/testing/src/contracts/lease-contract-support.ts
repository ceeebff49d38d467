import { randomUUID } from 'node:crypto';
import { type Lease, type LeaseClaim, type LeaseOperation, type LeaseOutcome, type LeaseStore } from '@tandem/election';
import { until } from '../launch/until.ts';
import { type LeaseHarness } from './lease-contract-harness.ts';

/** Long enough that nothing expires by itself during a test. */
export const LONG_TTL_MS = 600_000;
/** Short enough to wait for its end on a real clock. */
export const SHORT_TTL_MS = 50;

/** What the tests of the suite share: clients that are closed afterwards, and clusters nobody else uses. */
export class LeaseFixture {
  readonly #harness: LeaseHarness;
  readonly #open: LeaseStore[] = [];

  constructor(harness: LeaseHarness) {
    this.#harness = harness;
  }

  /** A new client. */
  async open(): Promise<LeaseStore> {
    const store = await this.#harness.open();
    this.#open.push(store);
    return store;
  }

  /** Several of {@link open}. */
  async openAll(count: number): Promise<LeaseStore[]> {
    return Promise.all(Array.from({ length: count }, () => this.open()));
  }

  /** Two clients. */
  async pair(): Promise<readonly [LeaseStore, LeaseStore]> {
    return [await this.open(), await this.open()];
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((store) => store.close()));
  }

  /** Resolves when the store's clock is past the lease's expiry. */
  async expire(lease: Lease): Promise<void> {
    this.#harness.advance?.(lease.expiresAtMs - (await this.#harness.now()) + 1);
    await until(async () => (await this.#harness.now()) > lease.expiresAtMs, { what: 'the lease to expire' });
  }

  /** Stores an election of a cluster nobody else uses, and lets it expire where asked. */
  async given(store: LeaseStore, state: 'held' | 'expired'): Promise<Lease> {
    const lease = granted(await store.acquire(claimOf(newCluster(), { epoch: 5 }), ttlOf(state)));
    if (state === 'expired') await this.expire(lease);
    return lease;
  }
}

const ttlOf = (state: 'held' | 'expired'): number => (state === 'expired' ? SHORT_TTL_MS : LONG_TTL_MS);

/** A name nobody else uses. */
export function newCluster(name = 'eu'): string {
  return `tenant-${randomUUID()}/${name}`;
}

/** A claim, complete but for what matters to a test. */
export function claimOf(cluster: string, parts: Partial<LeaseClaim> = {}): LeaseClaim {
  return { cluster, replica: 'a', epoch: 1, owner: 'x', electedAtMs: 1000, receivedAtMs: 2000, ...parts };
}

/** Calls by name. */
export function call(store: LeaseStore, operation: LeaseOperation, claim: LeaseClaim): Promise<LeaseOutcome> {
  return store[operation](claim, LONG_TTL_MS);
}

/** The lease that was granted. */
export function granted(outcome: LeaseOutcome): Lease {
  if (outcome.outcome === 'granted') return outcome.lease;
  throw new Error(`expected a lease, it was refused: ${JSON.stringify(outcome)}`);
}

/** `granted`, or why not. */
export function verdict(outcome: LeaseOutcome): string {
  return outcome.outcome === 'granted' ? 'granted' : outcome.reason;
}

/** The lease of one cluster in a list. */
export async function listed(store: LeaseStore, cluster: string): Promise<Lease | undefined> {
  return (await store.list()).find((lease) => lease.cluster === cluster);
}

/** Whole numbers below `limit`, the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
