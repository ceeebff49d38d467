import { type EncodedRequest } from './connection.ts';
import { groupBy } from './group-by.ts';
import { ByteReader } from './varint.ts';

/** A batch on its way to a partition. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}

/** What became of it. */
export interface ProduceResult {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** Offset of the first record. */
  readonly baseOffset: number;
}

/** The newest version without the flexible encoding; brokers from 2.1 to 4.x have it. */
const VERSION = 7;
/** All in-sync replicas: what is acknowledged is kept. */
const ACKS_ALL = -1;

/** A Produce request: always acks=all. */
export function produceRequest(
  batches: readonly PartitionBatch[],
  options: { readonly transactionalId: string | null; readonly timeoutMs: number },
): EncodedRequest {
  const byTopic = groupBy(batches, (one) => one.topic);
  const body: Uint8Array[] = [requestHead(byTopic.size, options)];
  for (const [topic, ofTopic] of byTopic) {
    body.push(topicHead(topic, ofTopic.length));
    for (const { partition, batch } of ofTopic) body.push(partitionHead(partition, batch.length), batch);
  }
  return { name: 'Produce', version: VERSION, body };
}

function requestHead(topics: number, options: { transactionalId: string | null; timeoutMs: number }): Buffer {
  const id = options.transactionalId === null ? undefined : Buffer.from(options.transactionalId);
  const bytes = Buffer.alloc(12 + (id?.length ?? 0));
  bytes.writeInt16BE(id?.length ?? -1, 0);
  id?.copy(bytes, 2);
  const at = 2 + (id?.length ?? 0);
  bytes.writeInt16BE(ACKS_ALL, at);
  bytes.writeInt32BE(options.timeoutMs, at + 2);
  bytes.writeInt32BE(topics, at + 6);
  return bytes;
}

function topicHead(topic: string, partitions: number): Buffer {
  const name = Buffer.from(topic);
  const bytes = Buffer.alloc(6 + name.length);
  bytes.writeInt16BE(name.length, 0);
  name.copy(bytes, 2);
  bytes.writeInt32BE(partitions, 2 + name.length);
  return bytes;
}

function partitionHead(partition: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(partition, 0);
  bytes.writeInt32BE(length, 4);
  return bytes;
}

/** The answer to {@link produceRequest}, partition by partition. */
export function decodeProduceAnswer(payload: Buffer): ProduceResult[] {
  const reader = new ByteReader(payload);
  const results: ProduceResult[] = [];
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topic = reader.text() ?? '';
    for (let partitions = reader.int32(); partitions > 0; partitions--) {
      const [partition, errorCode, baseOffset] = [reader.int32(), reader.int16(), reader.int64()];
      // Append time and start of the log.
      reader.slice(16);
      results.push({ topic, partition, errorCode, baseOffset });
    }
  }
  return results;
}
