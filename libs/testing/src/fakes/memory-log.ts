import {
  type JoinRequest,
  type Log,
  LogError,
  type LogRecord,
  type OutgoingRecord,
  partitionKey,
  type PartitionBounds,
  type Position,
  type ReadRequest,
  type RecordBatch,
  type TopicMismatch,
  type TopicOutcome,
  type TopicSettings,
} from '@tandem/stream';
import { MemoryMembership } from './memory-log-member.ts';
import { type MemoryLogStorage, type MemoryPartition } from './memory-log-storage.ts';

const DEFAULT_BATCH_BYTES = 4 * 1_048_576;
const CHECKED = ['partitions', 'policy', 'retentionMs', 'retentionBytes', 'maxRecordBytes'] as const;

/** The log in memory, for tests: a client of a {@link MemoryLogStorage}. Nothing outlives the process, nothing expires. */
export class MemoryLog implements Log {
  readonly #storage: MemoryLogStorage;
  readonly #members = new Set<MemoryMembership>();
  readonly #closing = new AbortController();
  #failure: LogError | undefined;

  constructor(storage: MemoryLogStorage) {
    this.#storage = storage;
  }

  /** From now on appends and pings fail with this error, until it is called without one. */
  failWith(failure?: LogError): void {
    this.#failure = failure;
  }

  async append(records: readonly OutgoingRecord[]): Promise<readonly Position[]> {
    await this.ping();
    return this.#storage.append(records);
  }

  async *read(request: ReadRequest): AsyncGenerator<RecordBatch, void, void> {
    this.#checkOpen();
    const { until = Infinity, signal = this.#closing.signal } = request;
    const source = this.#storage.partition(request.topic, request.partition);
    const end = AbortSignal.any([signal, this.#closing.signal]);
    let next = request.from;
    while (next < until && !end.aborted) {
      const from = Math.max(next, source.start);
      if (from >= Math.min(until, source.end)) {
        if (from >= until) return;
        await this.#storage.changed(end);
        continue;
      }
      const batch = batchOf(source, next, request);
      next = batch.nextOffset;
      if (batch.records.length > 0) yield batch;
      await new Promise(setImmediate);
    }
  }

  async bounds(topic: string, partition: number): Promise<PartitionBounds> {
    this.#checkOpen();
    const { start, end } = this.#storage.partition(topic, partition);
    return Promise.resolve({ start, end });
  }

  async offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    this.#checkOpen();
    const { records, end } = this.#storage.partition(topic, partition);
    return Promise.resolve(records.find((record) => record.timestampMs >= timeMs)?.offset ?? end);
  }

  async partitions(topic: string): Promise<number> {
    this.#checkOpen();
    return Promise.resolve(this.#storage.partitions(topic));
  }

  async join(request: JoinRequest): Promise<MemoryMembership> {
    await this.ping();
    const member = new MemoryMembership(this.#storage, request);
    this.#members.add(member);
    return member;
  }

  async committed(group: string, topic: string, partition: number): Promise<number | undefined> {
    this.#checkOpen();
    return Promise.resolve(this.#storage.group(group).positions.get(partitionKey({ topic, partition })));
  }

  async createTopics(topics: readonly TopicSettings[]): Promise<readonly TopicOutcome[]> {
    await this.ping();
    return topics.map((one) => ({ topic: one.name, outcome: this.#storage.create(one) ? 'created' : 'exists' }));
  }

  async checkTopics(topics: readonly TopicSettings[]): Promise<readonly TopicMismatch[]> {
    this.#checkOpen();
    const mismatches = topics.flatMap((expected) => differences(expected, this.#storage.settings(expected.name)));
    return Promise.resolve(mismatches);
  }

  async ping(): Promise<void> {
    await Promise.resolve();
    this.#checkOpen();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const members = [...this.#members];
    this.#members.clear();
    await Promise.all(members.map((member) => member.leave()));
  }

  /** Ends the client as a crash would: its members are gone at once, and nobody is told. */
  crash(): void {
    for (const member of this.#members) member.crash();
    this.#members.clear();
    this.#closing.abort();
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted) throw new LogError('closed', 'cannot use the log: it is closed');
  }
}

function batchOf({ records, start, end }: MemoryPartition, next: number, request: ReadRequest): RecordBatch {
  const { topic, partition, until = Infinity } = request;
  const { records: some, nextOffset } = cut(records, Math.max(next, start), request);
  const lost = start > next ? { lostFrom: next } : {};
  return { topic, partition, records: some, nextOffset: Math.min(nextOffset, end, until), end, ...lost };
}

function cut(
  all: readonly LogRecord[],
  from: number,
  { until = Infinity, maxBatchBytes = DEFAULT_BATCH_BYTES }: ReadRequest,
): { records: LogRecord[]; nextOffset: number } {
  const records: LogRecord[] = [];
  let bytes = 0;
  for (const record of all.filter(({ offset }) => offset >= from && offset < until)) {
    bytes += sizeOf(record);
    if (records.length > 0 && bytes > maxBatchBytes) return { records, nextOffset: record.offset };
    records.push(record);
  }
  return { records, nextOffset: Infinity };
}

function sizeOf({ key, value }: LogRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}

function differences(expected: TopicSettings, found: TopicSettings | undefined): TopicMismatch[] {
  const topic = expected.name;
  if (found === undefined) {
    return [{ topic, setting: 'partitions', expected: String(expected.partitions), actual: 'missing' }];
  }
  return CHECKED.filter((setting) => expected[setting] !== found[setting]).map((setting) => ({
    topic,
    setting,
    expected: String(expected[setting] ?? 'none'),
    actual: String(found[setting] ?? 'none'),
  }));
}
