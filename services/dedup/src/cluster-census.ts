import { type Clock } from '@tandem/lifecycle';
import { readToBarrier, type RecordReader } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';

import { keyText } from './bytes.ts';
import { readCluster } from './cluster-records.ts';

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

  /** Counts everything once, then goes on in the background. */
  async start(): Promise<void> {
    await this.#count();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#cancel();
    await this.#counting;
  }

  /** Elected clusters of a tenant in all partitions but one. */
  elsewhere(tenant: string, partition: number): number {
    let here = 0;
    for (const owner of this.#partitions.get(partition)?.tenants.values() ?? []) if (owner === tenant) here++;
    return (this.#counts.get(tenant) ?? 0) - here;
  }

  #schedule(): void {
    if (this.#stopped.signal.aborted) return;
    this.#cancel = this.#options.clock.schedule(() => {
      this.#counting = this.#count()
        .catch((error: unknown) => this.#options.logger.warn({ error }, 'clusters of other partitions not counted'))
        .then(() => this.#schedule());
    }, this.#options.intervalMs);
  }

  async #count(): Promise<void> {
    const { reader, topic } = this.#options;
    const partitions = await reader.partitions(topic);
    for (let partition = 0; partition < partitions; partition++) {
      if (this.#stopped.signal.aborted) return;
      await this.#countPartition(partition);
    }
  }

  async #countPartition(partition: number): Promise<void> {
    const { reader, topic } = this.#options;
    const { start } = await reader.bounds(topic, partition);
    const counted = this.#partitions.get(partition) ?? { next: start, tenants: new Map<string, string>() };
    this.#partitions.set(partition, counted);
    const source = { topic, partition, signal: this.#stopped.signal };
    const next = await readToBarrier(reader, source, Math.max(counted.next, start), (record) => {
      const key = keyText(record.key);
      const cluster = record.value === null ? undefined : readCluster(record);
      const elected = typeof cluster === 'object' && cluster.state.kind === 'elected';
      this.#set(counted, key, elected ? cluster.tenant : undefined);
    });
    // What was broken off is read again.
    if (!this.#stopped.signal.aborted) counted.next = next;
  }

  #set({ tenants }: Counted, key: string, tenant: string | undefined): void {
    const before = tenants.get(key);
    if (before === tenant) return;
    if (before !== undefined) this.#counts.set(before, (this.#counts.get(before) ?? 0) - 1);
    if (tenant === undefined) {
      tenants.delete(key);
    } else {
      tenants.set(key, tenant);
      this.#counts.set(tenant, (this.#counts.get(tenant) ?? 0) + 1);
    }
  }
}
