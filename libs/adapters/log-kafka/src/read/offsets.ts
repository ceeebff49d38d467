import { type PartitionBounds } from '@tandem/stream';
import { type Cluster } from '../cluster/cluster.ts';
import { BrokerError, expectOk } from '../wire/errors.ts';

const EARLIEST = -2;
const LATEST = -1;
/** The end is the high watermark, past open transactions: what was acknowledged is before it. */
const READ_UNCOMMITTED = 0;
const LEADER_NOT_AVAILABLE = 5;

/** Asks a partition's leader for offsets. One try each. */
export class Offsets {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Start and high watermark. */
  async bounds(topic: string, partition: number): Promise<PartitionBounds> {
    // The end first: it never falls behind a start read later.
    const end = await this.#ask(topic, partition, LATEST);
    return { start: await this.#ask(topic, partition, EARLIEST), end };
  }

  /** The first kept offset. */
  start(topic: string, partition: number): Promise<number> {
    return this.#ask(topic, partition, EARLIEST);
  }

  /** The first offset appended at or after a time, or the end. */
  async atTime(topic: string, partition: number, timeMs: number): Promise<number> {
    const end = await this.#ask(topic, partition, LATEST);
    const found = await this.#ask(topic, partition, Math.max(0, Math.ceil(timeMs)));
    return found < 0 ? end : found;
  }

  async #ask(topic: string, partition: number, timestamp: number): Promise<number> {
    try {
      const broker = await this.#cluster.connection(await this.#cluster.leader(topic, partition), 'control');
      const topics = [{ topic, partitions: [{ partition, timestamp }] }];
      const answer = await broker.call('ListOffsets', { isolationLevel: READ_UNCOMMITTED, topics });
      const found = answer.responses[0]?.partitions[0];
      if (found === undefined) throw new BrokerError(LEADER_NOT_AVAILABLE);
      expectOk(found.errorCode);
      return Number(found.offset);
    } catch (error) {
      this.#cluster.forgetTopic(topic);
      throw error;
    }
  }
}
