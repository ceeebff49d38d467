import { type Clock } from '@tandem/lifecycle';
import { forgottenRecord, isSettings, senderRecord, shardRecord } from '@tandem/records';
import { readToBarrier, type LogRecord, type RecordReader } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';

import { keyText } from './bytes.ts';
import { readCluster } from './cluster-records.ts';
import { outlast } from './outlast.ts';

/** What is in `clusters` beside clusters, settings apart. */
const OTHERS = [shardRecord, senderRecord, forgottenRecord];

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
  /** The elected clusters, by record key. */
  readonly elected: Map<string, ElectedCluster>;
  /** Elected clusters by tenant, by the topic they are elected from. */
  readonly counts: Readonly<Record<ElectedFrom, Map<string, number>>>;
}

/** The topic that elections are decided from. */
type ElectedFrom = 'samples' | 'heartbeats';

interface ElectedCluster {
  readonly tenant: string;
  readonly from: ElectedFrom;
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

  /** Elected clusters of a tenant but for those that are elected from one partition of one topic. */
  elsewhere(tenant: string, partition: number, from: ElectedFrom): number {
    return (this.#counts.get(tenant) ?? 0) - (this.#partitions.get(partition)?.counts[from].get(tenant) ?? 0);
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
    const counted = this.#partitions.get(partition) ?? nothingCounted(start);
    this.#partitions.set(partition, counted);
    const source = { topic, partition, signal };
    const next = await readToBarrier(reader, source, Math.max(counted.next, start), (record) => {
      if (isSettings(record.headers) || OTHERS.some((kind) => kind.is(record.headers))) return;
      this.#set(counted, keyText(record.key), electedOf(record));
    });
    // What was broken off is read again.
    if (!signal.aborted) counted.next = next;
  }

  #set({ elected, counts }: Counted, key: string, cluster: ElectedCluster | undefined): void {
    const before = elected.get(key);
    if (before !== undefined) {
      add(counts[before.from], before.tenant, -1);
      add(this.#counts, before.tenant, -1);
    }
    if (cluster === undefined) elected.delete(key);
    else {
      elected.set(key, cluster);
      add(counts[cluster.from], cluster.tenant, 1);
      add(this.#counts, cluster.tenant, 1);
    }
  }
}

function nothingCounted(next: number): Counted {
  return { next, elected: new Map(), counts: { samples: new Map(), heartbeats: new Map() } };
}

function electedOf(record: LogRecord): ElectedCluster | undefined {
  const cluster = record.value === null ? undefined : readCluster(record);
  if (typeof cluster !== 'object' || cluster.state.kind !== 'elected') return undefined;
  return { tenant: cluster.tenant, from: cluster.shards > 1 ? 'heartbeats' : 'samples' };
}

function add(counts: Map<string, number>, tenant: string, difference: number): void {
  const count = (counts.get(tenant) ?? 0) + difference;
  if (count === 0) counts.delete(tenant);
  else counts.set(tenant, count);
}
