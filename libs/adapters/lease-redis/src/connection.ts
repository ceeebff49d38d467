import { LeaseStoreError } from '@tandem/election';
import { type Logger } from '@tandem/telemetry';
import { type Cluster, type Redis } from 'ioredis';
import { leaseStoreError, messageOf, RedisError } from './redis-error.ts';
import { within } from './within.ts';

/** More calls than this never wait for answers. */
const CAPACITY = 10_000;

/** The connection for commands: bounded in time and number, and quick to say when there is none. */
export class Connection<Client extends Redis | Cluster = Redis | Cluster> {
  readonly #client: Client;
  readonly #timeoutMs: number;
  readonly #logger: Logger;
  #state: 'connecting' | 'ready' | 'away' | 'closed' = 'connecting';
  #lastError: unknown = new RedisError('not connected');
  /** Settled once the first attempt to connect has ended, either way. */
  readonly #attempted: Promise<void>;
  #pending = 0;

  constructor(client: Client, timeoutMs: number, logger: Logger) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
    this.#logger = logger;
    this.#attempted = new Promise((resolve) => {
      for (const event of ['ready', 'error', 'close', 'end'] as const) client.once(event, resolve);
    });
    client.on('ready', () => this.#becomeReady());
    client.on('error', (error: unknown) => {
      this.#lastError = error;
      // Where no Sentinel answers there is nothing to close.
      if (client.status !== 'ready') this.#becomeAway();
    });
    client.on('close', () => this.#becomeAway());
    client.on('end', () => this.#becomeAway());
  }

  /**
   * Asks Redis. While it is away this fails at once, with the last error; only the first connecting is waited for.
   *
   * @param what for the message: "list leases"
   * @throws {LeaseStoreError}
   */
  async ask<T>(what: string, ask: (client: Client) => Promise<T>): Promise<T> {
    if (this.#state === 'closed') throw new LeaseStoreError(`cannot ${what}: the store is closed`);
    if (this.#pending >= CAPACITY) throw new LeaseStoreError(`cannot ${what}: ${CAPACITY} calls wait already`);
    this.#pending += 1;
    try {
      return await within(this.#askConnected(ask), this.#timeoutMs);
    } catch (error) {
      throw leaseStoreError(what, error);
    } finally {
      this.#pending -= 1;
    }
  }

  /** Ends it; calls under way fail. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#client.disconnect();
  }

  async #askConnected<T>(ask: (client: Client) => Promise<T>): Promise<T> {
    await this.#attempted;
    if (this.#state === 'away') throw this.#lastError;
    return ask(this.#client);
  }

  #becomeReady(): void {
    if (this.#state === 'away') this.#logger.info({}, 'connected to Redis again');
    if (this.#state !== 'closed') this.#state = 'ready';
  }

  #becomeAway(): void {
    if (this.#state === 'closed' || this.#state === 'away') return;
    this.#state = 'away';
    this.#logger.warn({ error: messageOf(this.#lastError) }, 'cannot reach Redis, trying again');
  }
}
