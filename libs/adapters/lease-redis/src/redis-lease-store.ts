import {
  checkLeaseRequest,
  checkPurgeRequest,
  isExpiredFor,
  type Lease,
  type LeaseClaim,
  type LeaseListener,
  type LeaseOperation,
  type LeaseOutcome,
  type LeaseStore,
  LeaseStoreError,
} from '@tandem/election';
import { NO_LOGGER } from '@tandem/telemetry';
import { type Cluster, type Redis } from 'ioredis';
import { ChangeFeed } from './change-feed.ts';
import { Connection } from './connection.ts';
import { type Connector, createConnector } from './connect.ts';
import { namesOf, type RedisLeaseOptions } from './options.ts';
import { leaseStoreError } from './redis-error.ts';
import { CHANGE_LEASE, changeArguments, parseStored, PURGE_LEASES, readOutcome, type StoredLease } from './script.ts';

/** A client that knows the scripts: EVALSHA, and EVAL where the server does not have it yet. */
interface WithScript {
  changeLease(key: string, ...args: readonly (string | number)[]): Promise<unknown>;
  purgeLeases(key: string, ...args: readonly (string | number)[]): Promise<unknown>;
}

/** A script has the server to itself: so many leases at a time. */
const PURGED_AT_ONCE = 100;

/**
 * Opens the leases in Redis. Does not wait for it: a Redis that is away is connected to when it comes back.
 *
 * @throws {TypeError} when the options do not say where Redis is, or the key prefix cannot be one
 */
export function openRedisLeaseStore(options: RedisLeaseOptions): RedisLeaseStore {
  return new RedisLeaseStore(options);
}

/** Leases in one hash of a Redis. Made by {@link openRedisLeaseStore}. */
export class RedisLeaseStore implements LeaseStore {
  readonly #connection: Connection<(Redis | Cluster) & WithScript>;
  readonly #feed: ChangeFeed;
  readonly #key: string;
  readonly #channel: string;
  #closed = false;

  constructor(options: RedisLeaseOptions) {
    const { keyPrefix = 'tandem', timeoutMs = 2000, resyncMs = 15_000, logger = NO_LOGGER } = options;
    const { key, channel } = namesOf(keyPrefix);
    const connector = createConnector(options, timeoutMs);
    this.#key = key;
    this.#channel = channel;
    this.#connection = new Connection(clientOf(connector), timeoutMs, logger);
    const subscriber = (attempt: number): Redis => connector.subscriber(attempt);
    const list = (): Promise<readonly StoredLease[]> => this.#stored();
    this.#feed = new ChangeFeed({ channel, subscriber, list, timeoutMs, resyncMs, logger });
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

  /** The server's clock decides; a client whose own is behind proposes less, and removes it later. */
  async purge(expiredForMs: number): Promise<number> {
    checkPurgeRequest(expiredForMs);
    const nowMs = Date.now();
    const proposed = (await this.#stored()).filter(({ lease }) => isExpiredFor(lease, expiredForMs, nowMs));
    const clusters = proposed.map(({ lease }) => lease.cluster);
    let removed = 0;
    for (let from = 0; from < clusters.length; from += PURGED_AT_ONCE) {
      const args = [expiredForMs, ...clusters.slice(from, from + PURGED_AT_ONCE)];
      const count = await this.#connection.ask('remove leases', (client) => client.purgeLeases(this.#key, ...args));
      removed += Number(count);
    }
    return removed;
  }

  async list(): Promise<readonly Lease[]> {
    const leases = (await this.#stored()).map(({ lease }) => lease);
    return leases.sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
  }

  async watch(listener: LeaseListener, signal: AbortSignal): Promise<void> {
    if (this.#closed) throw new LeaseStoreError('cannot watch leases: the store is closed');
    try {
      await this.#feed.watch(listener, signal);
    } catch (error) {
      throw leaseStoreError('watch leases', error);
    }
  }

  /** Asks the server that has the leases, which in a cluster is one of several. */
  async ping(): Promise<void> {
    await this.#connection.ask('reach the lease store', (client) => client.hlen(this.#key));
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#feed.close();
    this.#connection.close();
    return Promise.resolve();
  }

  async #change(operation: LeaseOperation, claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    checkLeaseRequest(claim, ttlMs);
    const args = changeArguments(operation, claim, { channel: this.#channel, ttlMs });
    return this.#connection.ask(`change the lease of "${claim.cluster}"`, async (client) =>
      readOutcome(await client.changeLease(this.#key, ...args)),
    );
  }

  async #stored(): Promise<readonly StoredLease[]> {
    const texts = await this.#connection.ask('list leases', (client) => client.hvals(this.#key));
    return texts.map(parseStored).filter((stored) => stored !== undefined);
  }
}

function clientOf(connector: Connector): (Redis | Cluster) & WithScript {
  const client = connector.client();
  client.defineCommand('changeLease', { numberOfKeys: 1, lua: CHANGE_LEASE });
  client.defineCommand('purgeLeases', { numberOfKeys: 1, lua: PURGE_LEASES });
  return client as (Redis | Cluster) & WithScript;
}
