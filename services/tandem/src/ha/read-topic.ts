import { LogError, readToBarrier, type LogRecord, type RecordReader } from '@tandem/stream';

/** How many partitions are read at the same time. */
const AT_ONCE = 8;

/** What is to be read of a topic. */
export interface TopicRead {
  readonly topic: string;
  /** Append time, Unix ms: what was appended before is not needed. Without it all that is kept is read. */
  readonly fromMs?: number | undefined;
  /** Called for every record, in the order of its partition. */
  readonly apply: (record: LogRecord, partition: number) => void;
}

/**
 * Reads all partitions of a topic to the barrier: everything acknowledged before the call is seen.
 *
 * @throws {LogError} `unknown-topic`, with what to do about it
 */
export async function readTopic(reader: RecordReader, request: TopicRead): Promise<void> {
  const partitions = await partitionsOf(reader, request.topic);
  const ended = new AbortController();
  const left = Array.from({ length: partitions }, (_, partition) => partition).values();
  const work = async (): Promise<void> => {
    for (const partition of left) await readPartition(reader, request, { partition, signal: ended.signal });
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, partitions) }, work));
  } finally {
    ended.abort();
  }
}

async function readPartition(
  reader: RecordReader,
  { topic, fromMs, apply }: TopicRead,
  { partition, signal }: { readonly partition: number; readonly signal: AbortSignal },
): Promise<void> {
  const from =
    fromMs === undefined
      ? (await reader.bounds(topic, partition)).start
      : await reader.offsetAt(topic, partition, fromMs);
  await readToBarrier(reader, { topic, partition, signal }, from, (record) => {
    apply(record, partition);
  });
}

async function partitionsOf(reader: RecordReader, topic: string): Promise<number> {
  try {
    return await reader.partitions(topic);
  } catch (cause) {
    if (!(cause instanceof LogError) || cause.reason !== 'unknown-topic') throw cause;
    const hint = 'check stream.kafka.topic_prefix, or run "tandem topics create"';
    throw new LogError('unknown-topic', `cannot read topic "${topic}": the log does not have it; ${hint}`);
  }
}
