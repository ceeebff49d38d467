import { setTimeout as delay } from 'node:timers/promises';
import { type LeaseListener } from '@tandem/election';
import { type Logger } from '@tandem/telemetry';
import { type Redis } from 'ioredis';
import { pauseMs } from './connect.ts';
import { messageOf, RedisError } from './redis-error.ts';
import { parseStored, type StoredLease } from './script.ts';
import { within } from './within.ts';

/** What the feed needs of its store. */
export interface ChangeFeedOptions {
  readonly channel: string;
  readonly subscriber: (attempt: number) => Redis;
  /** Everything stored now. */
  readonly list: () => Promise<readonly StoredLease[]>;
  readonly timeoutMs: number;
  readonly resyncMs: number;
  readonly logger: Logger;
}

/**
 * Tells of changes: by subscription, and, since Redis forgets what it published while nobody listened, by comparing what
 * is known with what is stored after every (re)connection and every now and then.
 */
export class ChangeFeed {
  readonly #options: ChangeFeedOptions;
  readonly #listeners = new Set<LeaseListener>();
  readonly #known = new Map<string, StoredLease>();
  /** Clusters heard of since the stored leases were asked for; `undefined` while nobody asks. */
  #heard: Set<string> | undefined;
  /** Settles when the feed is up to date, or with why it is not. */
  #live: PromiseWithResolvers | undefined;
  #stop: AbortController | undefined;

  constructor(options: ChangeFeedOptions) {
    this.#options = options;
  }

  /**
   * Resolves when changes are told; ends with the signal.
   *
   * @throws {RedisError} when that cannot be begun now
   */
  async watch(listener: LeaseListener, signal: AbortSignal): Promise<void> {
    if (hasEnded(signal)) return;
    const waiting: LeaseListener = () => undefined;
    this.#listeners.add(waiting);
    this.#start();
    try {
      await within(this.#live?.promise ?? Promise.resolve(), this.#options.timeoutMs);
      if (!hasEnded(signal)) this.#add(listener, signal);
    } finally {
      this.#remove(waiting);
    }
  }

  /** Tells nothing any more. */
  close(): void {
    this.#listeners.clear();
    this.#end();
  }

  #add(listener: LeaseListener, signal: AbortSignal): void {
    // A function of its own: the same listener may watch twice.
    const own: LeaseListener = (lease) => listener(lease);
    this.#listeners.add(own);
    signal.addEventListener('abort', () => this.#remove(own), { once: true });
  }

  #remove(listener: LeaseListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#end();
  }

  #start(): void {
    if (this.#stop !== undefined) return;
    this.#stop = new AbortController();
    this.#live = withResolvers();
    void this.#run(this.#stop.signal);
  }

  #end(): void {
    this.#stop?.abort();
    this.#stop = undefined;
    this.#live?.reject(new RedisError('the watch has ended'));
    this.#live = undefined;
    this.#known.clear();
  }

  async #run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const subscriber = this.#options.subscriber(attempt);
      try {
        await this.#follow(subscriber, signal, () => (failures = 0));
      } catch (error) {
        if (hasEnded(signal)) break;
        if (failures++ === 0) this.#fail(error);
      } finally {
        subscriber.disconnect();
      }
      await delay(pauseMs(failures), undefined, { signal }).catch(() => undefined);
    }
  }

  #fail(error: unknown): void {
    this.#options.logger.warn({ error: messageOf(error) }, 'cannot hear of changes of leases, trying again');
    this.#live?.reject(new RedisError(messageOf(error)));
    this.#live = withResolvers();
  }

  /** Follows one connection to its end, which is an error always. */
  async #follow(subscriber: Redis, signal: AbortSignal, onLive: () => void): Promise<never> {
    const { channel, timeoutMs, resyncMs } = this.#options;
    const ended = endOf(subscriber, signal);
    const step = <T>(promise: Promise<T>): Promise<T> => Promise.race([within(promise, timeoutMs), ended]);
    subscriber.on('message', (_channel, text) => this.#hear(text, signal));
    await step(subscriber.connect());
    await step(subscriber.subscribe(channel));
    for (;;) {
      await Promise.race([this.#resync(signal), ended]);
      this.#live?.resolve();
      onLive();
      await Promise.race([delay(resyncMs, undefined, { signal, ref: false }), ended]);
      await step(subscriber.ping());
    }
  }

  async #resync(signal: AbortSignal): Promise<void> {
    const heard = (this.#heard = new Set<string>());
    const stored = await this.#options.list();
    this.#heard = undefined;
    if (signal.aborted) return;
    const clusters = new Set(stored.map(({ lease }) => lease.cluster));
    for (const each of stored) {
      if (this.#isNews(each, heard)) this.#tell(each);
    }
    for (const cluster of this.#known.keys()) {
      if (!clusters.has(cluster) && !heard.has(cluster)) this.#known.delete(cluster);
    }
  }

  /** A message that came in between may be newer. Otherwise the store is right, also when it has gone back. */
  #isNews({ lease, changedAtUs }: StoredLease, heard: ReadonlySet<string>): boolean {
    const known = this.#known.get(lease.cluster)?.changedAtUs;
    if (known === undefined || !heard.has(lease.cluster)) return known !== changedAtUs;
    return changedAtUs > known;
  }

  #hear(text: string, signal: AbortSignal): void {
    const stored = signal.aborted ? undefined : parseStored(text);
    if (stored === undefined) return;
    const { cluster } = stored.lease;
    const known = this.#known.get(cluster);
    if (known !== undefined && known.changedAtUs >= stored.changedAtUs) return;
    this.#heard?.add(cluster);
    this.#tell(stored);
  }

  #tell(stored: StoredLease): void {
    this.#known.set(stored.lease.cluster, stored);
    for (const listener of [...this.#listeners]) {
      try {
        listener(stored.lease);
      } catch (error) {
        this.#options.logger.error({ error }, 'a listener to changes of leases has failed');
      }
    }
  }
}

/** A call, since it may change between two looks. */
function hasEnded(signal: AbortSignal): boolean {
  return signal.aborted;
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

function endOf(subscriber: Redis, signal: AbortSignal): Promise<never> {
  const ended = new Promise<never>((_resolve, reject) => {
    let last: unknown = new RedisError('the connection has ended');
    subscriber.on('error', (error: unknown) => (last = error));
    subscriber.once('end', () => reject(new RedisError(messageOf(last))));
    signal.addEventListener('abort', () => reject(new RedisError('the watch has ended')), { once: true });
  });
  ended.catch(() => undefined);
  return ended;
}
