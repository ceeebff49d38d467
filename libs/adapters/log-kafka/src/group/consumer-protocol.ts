import { groupBy } from '../wire/group-by.ts';
import { ByteReader } from '../wire/varint.ts';
import { type TopicPartition } from './assignment.ts';

/*
 * What members tell each other through the coordinator, in the format of Kafka's own consumers (version 1), so that its
 * tools show our groups.
 */

/** What a member asks for. */
export interface Subscription {
  readonly topics: readonly string[];
  readonly owned: readonly TopicPartition[];
}

const VERSION = 1;

/** Bytes of a subscription. */
export function encodeSubscription({ topics, owned }: Subscription): Buffer {
  return Buffer.concat([int16(VERSION), int32(topics.length), ...topics.map(text), int32(-1), partitionLists(owned)]);
}

/** Reads a subscription of version 0 or later; what later versions add is left alone. */
export function decodeSubscription(bytes: Buffer): Subscription {
  const reader = new ByteReader(bytes);
  const version = reader.int16();
  const topics: string[] = [];
  for (let left = reader.int32(); left > 0; left--) topics.push(reader.text() ?? '');
  reader.slice(Math.max(0, reader.int32()));
  return { topics, owned: version < 1 ? [] : readPartitionLists(reader) };
}

/** Bytes of an assignment. */
export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  return Buffer.concat([int16(VERSION), partitionLists(partitions), int32(-1)]);
}

/** Reads an assignment; no bytes are none. */
export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return [];
  const reader = new ByteReader(bytes);
  reader.int16();
  return readPartitionLists(reader);
}

function partitionLists(partitions: readonly TopicPartition[]): Buffer {
  const byTopic = groupBy(partitions, (one) => one.topic);
  const lists = [...byTopic].map(([topic, list]) =>
    Buffer.concat([text(topic), int32(list.length), ...list.map(({ partition }) => int32(partition))]),
  );
  return Buffer.concat([int32(byTopic.size), ...lists]);
}

function readPartitionLists(reader: ByteReader): TopicPartition[] {
  const partitions: TopicPartition[] = [];
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topic = reader.text() ?? '';
    for (let left = reader.int32(); left > 0; left--) partitions.push({ topic, partition: reader.int32() });
  }
  return partitions;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}
