import { until } from '@tandem/testing';
import { Pool } from 'undici';

import { type Random } from '../random.ts';
import { type Source } from '../samples.ts';
import { Ledger } from './ledger.ts';
import { LossyProxy } from './lossy-proxy.ts';
import { Sender, type SenderOptions } from './sender.ts';

/** Of every sixty answers of ingest about one is lost on the way. */
const LOSS_RATE = 1 / 60;
const SERIES_PER_SHARD = 4;
const INTERVAL_MS = 25;
const PROGRESS_TIMEOUT_MS = 90_000;

/** What is sent, and where to. */
export interface LoadOptions {
  readonly clusters: readonly string[];
  readonly random: Random;
  /** Ports of the ingest processes. */
  readonly ports: readonly number[];
}

/**
 * Everything before ingest: pairs of replicas with two shards each, one of 1.0 and one of 2.0, senders without a pair,
 * and one whose requests hold series of a pair and of none.
 */
export class Load {
  readonly ledger = new Ledger();
  readonly #proxies: readonly LossyProxy[];
  readonly #pools: readonly Pool[];
  /** By replica, `cluster/replica`; of no pair: `-`. */
  readonly #senders: ReadonlyMap<string, readonly Sender[]>;

  private constructor(proxies: readonly LossyProxy[], options: LoadOptions) {
    this.#proxies = proxies;
    this.#pools = proxies.map(({ url }) => new Pool(url, { pipelining: 1 }));
    const common = { targets: this.#pools, ledger: this.ledger, intervalMs: INTERVAL_MS };
    this.#senders = sendersOf(
      options.clusters,
      (sender) => new Sender({ ...common, ...sender, random: options.random.fork() }),
    );
  }

  /** Opens the ways to ingest; nothing is sent yet. */
  static async open(options: LoadOptions): Promise<Load> {
    const proxies = options.ports.map((port) => new LossyProxy(port, LOSS_RATE, options.random.fork()));
    await Promise.all(proxies.map((proxy) => proxy.start()));
    return new Load(proxies, options);
  }

  /** Answers that were lost on the way back. */
  get lostAnswers(): number {
    return this.#proxies.reduce((sum, { lost }) => sum + lost, 0);
  }

  /** All senders begin. */
  start(): void {
    for (const sender of this.#all()) sender.start();
  }

  /** Begins to send as one replica alone. */
  startReplica(cluster: string, replica: string): void {
    for (const sender of this.#of(cluster, replica)) sender.start();
  }

  /** One replica is gone: what it had under way is not sent again. */
  async crashReplica(cluster: string, replica: string): Promise<void> {
    await Promise.all(this.#of(cluster, replica).map((sender) => sender.crash()));
  }

  /**
   * Waits until so many more requests were acknowledged: the measure of time here.
   *
   * @throws {Error} when that takes too long
   */
  async progress(requests: number): Promise<void> {
    const inTime = await this.progresses(requests, PROGRESS_TIMEOUT_MS);
    if (!inTime) throw new Error(`cannot see ${requests} more requests acknowledged within ${PROGRESS_TIMEOUT_MS} ms`);
  }

  /** Whether so many more requests are acknowledged in a time. */
  async progresses(requests: number, timeoutMs: number): Promise<boolean> {
    const wanted = this.ledger.acknowledgedRequests + requests;
    const reached = () => this.ledger.acknowledgedRequests >= wanted;
    return until(reached, { what: 'progress', timeoutMs }).catch(reached);
  }

  /** Sends nothing new; resolves when everything sent was acknowledged. */
  async stop(): Promise<void> {
    await Promise.all(this.#all().map((sender) => sender.stop()));
  }

  /** Closes the ways to ingest. */
  async close(): Promise<void> {
    await Promise.all(this.#all().map((sender) => sender.crash()));
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()));
  }

  #all(): readonly Sender[] {
    return [...this.#senders.values()].flat();
  }

  #of(cluster: string, replica: string): readonly Sender[] {
    const senders = this.#senders.get(`${cluster}/${replica}`);
    if (senders === undefined) throw new Error(`cannot find the senders of ${cluster}/${replica}`);
    return senders;
  }
}

type SenderShape = Pick<SenderOptions, 'name' | 'protocol' | 'sources'>;

function sendersOf(
  clusters: readonly string[],
  create: (shape: SenderShape) => Sender,
): ReadonlyMap<string, readonly Sender[]> {
  const senders = new Map<string, readonly Sender[]>();
  for (const cluster of clusters) {
    for (const replica of ['a', 'b']) senders.set(`${cluster}/${replica}`, replicaShapes(cluster, replica).map(create));
  }
  const alone: readonly SenderShape[] = [
    { name: 'alone/v1', protocol: 'v1', sources: [{ series: seriesOf('alone-v1', 2 * SERIES_PER_SHARD) }] },
    { name: 'alone/v2', protocol: 'v2', sources: [{ series: seriesOf('alone-v2', 2 * SERIES_PER_SHARD) }] },
  ];
  senders.set('-', alone.map(create));
  return senders;
}

/** Two shards, each with its own series, and one that sends series of no pair along. */
function replicaShapes(cluster: string, replica: string): readonly SenderShape[] {
  const name = `${cluster}/${replica}`;
  const source = (shard: string): Source => ({
    pair: { cluster, replica },
    series: seriesOf(shard, SERIES_PER_SHARD),
  });
  return [
    { name: `${name}/0`, protocol: 'v1', sources: [source('shard-0')] },
    { name: `${name}/1`, protocol: 'v2', sources: [source('shard-1')] },
    {
      name: `${name}/mixed`,
      protocol: 'v1',
      sources: [source('mixed'), { series: seriesOf(`beside-${cluster}-${replica}`, 2) }],
    },
  ];
}

function seriesOf(shard: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${shard}-${index}`);
}
