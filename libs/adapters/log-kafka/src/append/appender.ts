import { LogError, type OutgoingRecord, type Position, type RecordAppender } from '@tandem/stream';
import { type Cluster } from '../cluster/cluster.ts';
import { asLogError, isTransient } from '../wire/errors.ts';
import { recordBytes } from '../wire/encode-batch.ts';
import { groupBy } from '../wire/group-by.ts';
import { PendingAppend } from './pending-append.ts';
import { PartitionQueue } from './partition-queue.ts';
import { ProducerIds } from './producer-ids.ts';
import { sendBatches } from './send-batches.ts';

/** Bounds of the appender. */
export interface AppenderOptions {
  /** How long an append may take before it is rejected, ms. */
  readonly timeoutMs: number;
  /** Bytes of records waiting or under way, over which appends are refused. */
  readonly maxQueuedBytes: number;
}

/** Bytes of one request: well under the broker's bound of 100 MiB, and enough for every partition of a busy one. */
const MAX_REQUEST_BYTES = 8 * 1_048_576;
const SWEEP_MS = 200;

/**
 * Batches appends. Each broker is sent one request at a time; whatever queues meanwhile for the partitions it leads goes
 * into the next one. A partition has at most one batch under way, which is sent again, unchanged and with the same
 * sequence number, until the broker has answered or its time is over; a partition that failed goes on with a new
 * producer id. So no sequence number is ever used for two different batches, which is what makes brokers drop records
 * they acknowledge.
 */
export class Appender implements RecordAppender {
  readonly #cluster: Cluster;
  readonly #options: AppenderOptions;
  readonly #producers: ProducerIds;
  readonly #queues = new Map<string, PartitionQueue>();
  /** Queues with something to send, longest waiting first. */
  readonly #ready = new Set<PartitionQueue>();
  readonly #busyBrokers = new Set<number>();
  readonly #underWay = new Set<Promise<unknown>>();
  #queuedBytes = 0;
  #scheduled = false;
  #closed = false;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(cluster: Cluster, options: AppenderOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#producers = new ProducerIds(cluster, options.timeoutMs);
  }

  /** @inheritdoc */
  async append(records: readonly OutgoingRecord[]): Promise<readonly Position[]> {
    if (this.#closed) throw new LogError('closed', 'cannot append: the log was closed');
    if (records.length === 0) return [];
    const sizes = records.map(recordBytes);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    this.#expectRoom(bytes);
    this.#queuedBytes += bytes;
    const pending = new PendingAppend(records, performance.now() + this.#options.timeoutMs);
    for (const [index, record] of records.entries()) {
      const queue = this.#queue(record.topic, record.partition);
      queue.push({ record, bytes: sizes[index] ?? 0, pending, index });
      this.#ready.add(queue);
    }
    this.#schedule();
    this.#underWay.add(pending.settled);
    try {
      return await pending.settled;
    } finally {
      this.#queuedBytes -= bytes;
      this.#underWay.delete(pending.settled);
    }
  }

  #expectRoom(bytes: number): void {
    // An append larger than the whole queue is taken when it is alone.
    if (this.#queuedBytes === 0 || this.#queuedBytes + bytes <= this.#options.maxQueuedBytes) return;
    throw new LogError('unavailable', `cannot append: ${this.#queuedBytes} bytes are waiting for the brokers`);
  }

  #queue(topic: string, partition: number): PartitionQueue {
    const key = `${partition} ${topic}`;
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = new PartitionQueue(topic, partition);
      this.#queues.set(key, queue);
    }
    return queue;
  }

  /** Sends after the present turn of the event loop, so that everything appended in it goes together. */
  #schedule(): void {
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    const now = performance.now();
    const sendable = [...this.#ready].filter((queue) => queue.sendable(now));
    const byLeader = groupBy(sendable, (queue) => this.#cluster.knownLeader(queue.topic, queue.partition));
    for (const [leader, queues] of byLeader) {
      if (leader === undefined) for (const queue of queues) void this.#findLeader(queue);
      else if (!this.#busyBrokers.has(leader)) void this.#send(leader, queues);
    }
  }

  async #findLeader(queue: PartitionQueue): Promise<void> {
    queue.seeking = true;
    try {
      await this.#cluster.leader(queue.topic, queue.partition);
    } catch (error) {
      this.#failed(queue, error);
    }
    queue.seeking = false;
    this.#release(queue);
  }

  async #send(leader: number, queues: readonly PartitionQueue[]): Promise<void> {
    const taken: PartitionQueue[] = [];
    let bytes = 0;
    for (const queue of queues) {
      if (taken.length > 0 && bytes + queue.nextBytes > MAX_REQUEST_BYTES) break;
      bytes += queue.nextBytes;
      queue.busy = true;
      // What was served goes behind what waits.
      this.#ready.delete(queue);
      taken.push(queue);
    }
    this.#busyBrokers.add(leader);
    const target = { cluster: this.#cluster, leader, producers: this.#producers };
    const results = await sendBatches(target, taken);
    this.#busyBrokers.delete(leader);
    for (const [queue, result] of results) {
      queue.busy = false;
      if (typeof result === 'number') queue.acknowledge(result);
      else this.#failed(queue, result);
      this.#release(queue);
    }
  }

  /** Transient: the batch stays and is sent again. Else: what it holds is rejected. */
  #failed(queue: PartitionQueue, error: unknown): void {
    if (isTransient(error)) {
      this.#cluster.forgetTopic(queue.topic);
      const waitMs = queue.retryLater(performance.now(), error);
      // Timers may fire a little early.
      setTimeout(() => this.#dispatch(), waitMs + 1);
    } else if (!queue.split(error)) {
      this.#give(queue, error);
    }
  }

  #give(queue: PartitionQueue, error: unknown): void {
    this.#producers.renew();
    queue.rejectBatch(asLogError(error, `append to "${queue.topic}" partition ${queue.partition}`));
  }

  #release(queue: PartitionQueue): void {
    if (queue.isEmpty) this.#ready.delete(queue);
    else this.#ready.add(queue);
    if (this.#ready.size > 0) this.#schedule();
  }

  /** Rejects what has waited too long; sends what waited long enough for its next try. */
  #sweep(): void {
    const now = performance.now();
    for (const queue of this.#queues.values()) {
      const error = queue.lastError ?? new LogError('unavailable', 'cannot append: the brokers are too slow');
      if (queue.expireBatch(now, asLogError(error, `append to "${queue.topic}"`))) this.#producers.renew();
      queue.expireWaiting(now, asLogError(error, `append to "${queue.topic}"`));
      if (queue.isEmpty && !queue.busy) this.#ready.delete(queue);
    }
    if (this.#underWay.size === 0) this.#stopSweeping();
    else this.#dispatch();
  }

  #stopSweeping(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  /** Refuses new appends and waits for those under way. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
    this.#stopSweeping();
  }
}
