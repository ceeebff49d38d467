import { type Cluster } from '../cluster/cluster.ts';
import { ConnectionLostError } from '../wire/connection.ts';
import { BrokerError } from '../wire/errors.ts';
import { decodeProduceAnswer, produceRequest, type ProduceResult } from '../wire/produce.ts';
import { pause } from '../wire/retry.ts';
import { type PartitionQueue } from './partition-queue.ts';
import { type ProducerIds } from './producer-ids.ts';

/** Where batches go. */
export interface SendTarget {
  readonly cluster: Cluster;
  /** The broker that leads the partitions. */
  readonly leader: number;
  readonly producers: ProducerIds;
}

/** Queue by queue: the offset of the batch's first record, or the error. */
export type SendResults = ReadonlyMap<PartitionQueue, unknown>;

const REQUEST_TIMED_OUT = 7;
/** Gives the broker a moment to answer that it ran out of time. */
const GRACE_MS = 200;
const MIN_TIMEOUT_MS = 100;

/** Sends the next batch of each queue in one request. Never rejects. */
export async function sendBatches(target: SendTarget, queues: readonly PartitionQueue[]): Promise<SendResults> {
  try {
    const results = await exchange(target, queues);
    const byPartition = new Map(results.map((result) => [keyOf(result), result]));
    return new Map(queues.map((queue) => [queue, outcome(byPartition.get(keyOf(queue)))]));
  } catch (error) {
    return new Map(queues.map((queue) => [queue, error]));
  }
}

function keyOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${partition} ${topic}`;
}

function outcome(result: ProduceResult | undefined): unknown {
  if (result === undefined) return new BrokerError(REQUEST_TIMED_OUT);
  return result.errorCode === 0 ? result.baseOffset : new BrokerError(result.errorCode);
}

async function exchange(target: SendTarget, queues: readonly PartitionQueue[]): Promise<ProduceResult[]> {
  const { cluster, leader, producers } = target;
  const deadline = Math.min(...queues.map((queue) => queue.deadline));
  const leftMs = (): number => Math.max(MIN_TIMEOUT_MS, Math.ceil(deadline - performance.now()));
  const connection = await within(leftMs(), cluster.connection(leader, 'produce'));
  if (queues.some((queue) => queue.needsProducer)) {
    const producer = await within(leftMs(), producers.get());
    for (const queue of queues) if (queue.needsProducer) queue.begin(producer);
  }
  const batches = queues.map((queue) => ({
    topic: queue.topic,
    partition: queue.partition,
    batch: queue.takeBatch(),
  }));
  const timeoutMs = leftMs();
  const request = produceRequest(batches, { transactionalId: null, timeoutMs });
  return decodeProduceAnswer(await connection.send(request, timeoutMs + GRACE_MS));
}

/** Waits no longer than that; what was begun goes on for whoever asks next. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = pause(ms, over.signal).then(() => {
    throw new ConnectionLostError(`not ready within ${ms} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}
