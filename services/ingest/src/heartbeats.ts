import { type Clock, type Component } from '@tandem/lifecycle';
import { clusterKey, heartbeatRecord, type SamplesHeaders, type ShardsOf } from '@tandem/records';
import { partitionOf, type OutgoingRecord, type RecordAppender, type RecordReader } from '@tandem/stream';
import { type Instruments, type Logger } from '@tandem/telemetry';

import { type INGEST_METRICS } from './metrics.ts';
import { ReplicaTally, type TalliedReplica } from './replica-tally.ts';

/** How often what was appended is told, ms. */
export const HEARTBEAT_INTERVAL_MS = 1000;
/** Replicas that are kept count of between two heartbeats; what more of them send is in the log all the same. */
export const MAX_TALLIES = 1024;

/** What heartbeats are made with. */
export interface HeartbeatOptions {
  readonly log: RecordAppender & Pick<RecordReader, 'partitions'>;
  /** Full name of the topic. */
  readonly topic: string;
  readonly shardsOf: ShardsOf;
  readonly metrics: Instruments<typeof INGEST_METRICS>;
  /** Throttled: told of every failure. */
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * Tells once a second, per replica of a spread cluster, what this instance has appended: their elections are decided from
 * that. Bounded: one tally a replica. What could not be told is told with the next heartbeat; what a killed process did
 * not tell is in the log, and nobody's silence is decided by it for longer than until the next one.
 */
export class Heartbeats implements Component {
  readonly name = 'heartbeats';
  readonly #options: HeartbeatOptions;
  #tallies = new Map<string, ReplicaTally>();
  #cancel: () => void = () => undefined;
  #telling: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Takes note of records of spread clusters that are in the log. */
  note(records: readonly SamplesHeaders[]): void {
    for (const headers of records) {
      const { tenant, pair, shard } = headers;
      if (pair === undefined || shard === undefined) continue;
      this.#tallyOf({ tenant, cluster: pair.cluster, replica: pair.replica })?.add(headers, shard);
    }
  }

  start(): void {
    this.#schedule();
  }

  /** Tells what was not told yet, once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#telling;
    await this.#tell();
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.schedule(() => {
      this.#telling = this.#tell().then(() => this.#schedule());
    }, HEARTBEAT_INTERVAL_MS);
  }

  #tallyOf(replica: TalliedReplica): ReplicaTally | undefined {
    const name = JSON.stringify([replica.tenant, replica.cluster, replica.replica]);
    let tally = this.#tallies.get(name);
    if (tally === undefined) {
      if (this.#tallies.size >= MAX_TALLIES) {
        this.#options.metrics.heartbeats.inc({ outcome: 'dropped' });
        return undefined;
      }
      tally = new ReplicaTally(replica);
      this.#tallies.set(name, tally);
    }
    return tally;
  }

  async #tell(): Promise<void> {
    const tallies = [...this.#tallies.values()];
    if (tallies.length === 0) return;
    this.#tallies = new Map();
    const { log, topic, metrics, logger } = this.#options;
    try {
      const partitions = await log.partitions(topic);
      await log.append(tallies.map((tally) => this.#recordOf(tally, partitions)));
      metrics.heartbeats.inc({ outcome: 'appended' }, tallies.length);
    } catch (error) {
      metrics.heartbeats.inc({ outcome: 'failed' }, tallies.length);
      logger.warn({ error }, 'heartbeats of spread clusters not appended, told again with the next ones');
      for (const tally of tallies) this.#tallyOf(tally.replica)?.merge(tally);
    }
  }

  #recordOf(tally: ReplicaTally, partitions: number): OutgoingRecord {
    const { topic, shardsOf } = this.#options;
    const { tenant, cluster } = tally.replica;
    const key = clusterKey(tenant, cluster);
    const heartbeat = heartbeatRecord.encode(tally.heartbeat(shardsOf(tenant, cluster)));
    return { topic, partition: partitionOf(key, partitions), key, ...heartbeat };
  }
}
