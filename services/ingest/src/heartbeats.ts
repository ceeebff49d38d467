import { type Clock, type Component } from '@tandem/lifecycle';
import { clusterKey, heartbeatRecord, type ShardsOf } from '@tandem/records';
import { partitionOf, type OutgoingRecord, type RecordAppender, type RecordReader } from '@tandem/stream';
import { type Instruments, type Logger } from '@tandem/telemetry';

import { type INGEST_METRICS } from './metrics.ts';
import { type Beat } from './plan.ts';
import { Repeats } from './repeats.ts';
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
 * that. Bounded: one tally a replica, and what is to be told again. Heartbeats that may not be in the log are told again as
 * they were, before others: where they are in it already, they are known as repeats, and count once (SPEC of
 * @tandem/election, E25). What a killed process did not tell is in the log, and nobody's silence is decided by it for longer
 * than until the next one.
 */
export class Heartbeats implements Component {
  readonly name = 'heartbeats';
  readonly #options: HeartbeatOptions;
  #tallies = new Map<string, ReplicaTally>();
  readonly #repeats = new Repeats(MAX_TALLIES);
  /** What may not be in the log, though it was told. */
  #untold: readonly OutgoingRecord[] = [];
  #cancel: () => void = () => undefined;
  #telling: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Takes note of records of spread clusters that are in the log. */
  note(beats: readonly Beat[]): void {
    for (const [name, ofReplica] of byReplica(beats)) {
      const isAgain = this.#repeats.isAgain(name, ofReplica);
      for (const beat of ofReplica) {
        const { tenant, pair, shard } = beat;
        if (pair === undefined || shard === undefined) continue;
        const tally = this.#tallyOf({ tenant, cluster: pair.cluster, replica: pair.replica });
        if (isAgain) tally?.hear(beat);
        else tally?.add(beat, shard);
      }
    }
  }

  start(): void {
    this.#schedule();
  }

  /** Tells what was not told yet, once. Nothing is noted any more. */
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
    const name = nameOf(replica);
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
    const { metrics, logger } = this.#options;
    if (this.#untold.length + this.#tallies.size === 0) return;
    try {
      await this.#append(this.#untold);
      this.#untold = await this.#take();
      await this.#append(this.#untold);
      this.#untold = [];
    } catch (error) {
      metrics.heartbeats.inc({ outcome: 'failed' }, this.#untold.length + this.#tallies.size);
      logger.warn({ error }, 'heartbeats of spread clusters not appended, told again with the next ones');
    }
  }

  async #append(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#options.log.append(records);
    this.#options.metrics.heartbeats.inc({ outcome: 'appended' }, records.length);
  }

  /** What was tallied until now, as it is told: it is not changed any more. */
  async #take(): Promise<readonly OutgoingRecord[]> {
    const { log, topic } = this.#options;
    const partitions = await log.partitions(topic);
    const tallies = [...this.#tallies.values()];
    this.#tallies = new Map();
    return tallies.map((tally) => this.#recordOf(tally, partitions));
  }

  #recordOf(tally: ReplicaTally, partitions: number): OutgoingRecord {
    const { topic, shardsOf } = this.#options;
    const { tenant, cluster } = tally.replica;
    const key = clusterKey(tenant, cluster);
    const heartbeat = heartbeatRecord.encode(tally.heartbeat(shardsOf(tenant, cluster)));
    return { topic, partition: partitionOf(key, partitions), key, ...heartbeat };
  }
}

function nameOf({ tenant, cluster, replica }: TalliedReplica): string {
  return JSON.stringify([tenant, cluster, replica]);
}

function byReplica(beats: readonly Beat[]): ReadonlyMap<string, readonly Beat[]> {
  const found = new Map<string, Beat[]>();
  for (const beat of beats) {
    const name = nameOf({ tenant: beat.tenant, cluster: beat.pair?.cluster ?? '', replica: beat.pair?.replica ?? '' });
    const known = found.get(name);
    if (known === undefined) found.set(name, [beat]);
    else known.push(beat);
  }
  return found;
}
