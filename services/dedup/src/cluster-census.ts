import { type Clock } from '@tandem/lifecycle';
import { isSettings } from '@tandem/records';
import { readToBarrier, type RecordReader } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';

import { keyText } from './bytes.ts';
import { readCluster } from './cluster-records.ts';
import { outlast } from './outlast.ts';

/** What the clusters of all partitions are counted with. */
export interface CensusOptions {
  readonly reader: RecordReader;
  readonly topic: string;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One partition as counted so far. */
interface Counted {
  next: number;
  /** Tenants of the elected clusters, by record key. */
  readonly tenants: Map<string, string>;
  /** Elected clusters by tenant. */
  readonly counts: Map<string, number>;
}

/**
 * Counts the clusters of each tenant over all partitions, for the limit: clusters of one tenant are spread over them.
 * It follows `clusters` in steps, so the clusters of other partitions are known some seconds late.
 */
export class ClusterCensus {
  readonly #options: CensusOptions;
  readonly #partitions = new Map<number, Counted>();
  readonly #counts = new Map<string, number>();
  readonly #stopped = new AbortController();
  #cancel: () => void = () => undefined;
  #counting: Promise<void> = Promise.resolve();

  constructor(options: CensusOptions) {
    this.#options = options;
  }

  /** Counts everything once, waiting until the log can be reached, then goes on in the background. */
  async start(signal: AbortSignal): Promise<void> {
    const stopping = AbortSignal.any([signal, this.#stopped.signal]);
    await outlast(() => this.#count(stopping), { ...this.#options, signal: stopping });
    stopping.throwIfAborted();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#cancel();
    await this.#counting;
  }

  /** Elected clusters of a tenant in all partitions but one. */
  elsewhere(tenant: string, partition: number): number {
    return (this.#counts.get(tenant) ?? 0) - (this.#partitions.get(partition)?.counts.get(tenant) ?? 0);
  }

  #schedule(): void {
    if (this.#stopped.signal.aborted) return;
    this.#cancel = this.#options.clock.schedule(() => {
      this.#counting = this.#count(this.#stopped.signal)
        .catch((error: unknown) => this.#options.logger.warn({ error }, 'clusters of other partitions not counted'))
        .then(() => this.#schedule());
    }, this.#options.intervalMs);
  }

  async #count(signal: AbortSignal): Promise<void> {
    const { reader, topic } = this.#options;
    const partitions = await reader.partitions(topic);
    for (let partition = 0; partition < partitions; partition++) {
      if (signal.aborted) return;
      await this.#countPartition(partition, signal);
    }
  }

  async #countPartition(partition: number, signal: AbortSignal): Promise<void> {
    const { reader, topic } = this.#options;
    const { start } = await reader.bounds(topic, partition);
    const counted: Counted = this.#partitions.get(partition) ?? { next: start, tenants: new Map(), counts: new Map() };
    this.#partitions.set(partition, counted);
    const source = { topic, partition, signal };
    const next = await readToBarrier(reader, source, Math.max(counted.next, start), (record) => {
      if (isSettings(record.headers)) return;
      const key = keyText(record.key);
      const cluster = record.value === null ? undefined : readCluster(record);
      const elected = typeof cluster === 'object' && cluster.state.kind === 'elected';
      this.#set(counted, key, elected ? cluster.tenant : undefined);
    });
    // What was broken off is read again.
    if (!signal.aborted) counted.next = next;
  }

  #set({ tenants, counts }: Counted, key: string, tenant: string | undefined): void {
    const before = tenants.get(key);
    if (before === tenant) return;
    for (const kept of [counts, this.#counts]) {
      add(kept, before, -1);
      add(kept, tenant, 1);
    }
    if (tenant === undefined) tenants.delete(key);
    else tenants.set(key, tenant);
  }
}

function add(counts: Map<string, number>, tenant: string | undefined, difference: number): void {
  if (tenant === undefined) return;
  const count = (counts.get(tenant) ?? 0) + difference;
  if (count === 0) counts.delete(tenant);
  else counts.set(tenant, count);
}
