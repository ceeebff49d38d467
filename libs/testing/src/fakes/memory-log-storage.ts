import {
  assignPartitions,
  LogError,
  type LogRecord,
  type OutgoingRecord,
  partitionKey,
  type Position,
  type TopicPartition,
  type TopicSettings,
} from '@tandem/stream';

/** What a fake log of several clients has in common. */
export interface MemoryPartition {
  readonly records: LogRecord[];
  end: number;
  /** First kept offset; moved by {@link MemoryLogStorage.trim}. */
  start: number;
}

/** A member as the storage sees it. */
export interface MemoryMember {
  readonly id: string;
  readonly topics: readonly string[];
  /** Tells the partitions that are its own from now on. */
  assigned(partitions: readonly TopicPartition[]): void;
}

/** A group's memory. */
export interface MemoryGroup {
  readonly members: Map<string, MemoryMember>;
  readonly positions: Map<string, number>;
  /** Grows with every claim; by `partitionKey`. */
  readonly fences: Map<string, number>;
  owners: Map<string, string>;
}

interface MemoryTopic {
  readonly settings: TopicSettings;
  readonly partitions: readonly MemoryPartition[];
}

/** The storage of a {@link MemoryLog}: give one to several clients, and they share a log as processes would. */
export class MemoryLogStorage {
  readonly #now: () => number;
  readonly #topics = new Map<string, MemoryTopic>();
  readonly #groups = new Map<string, MemoryGroup>();
  readonly #waiting = new Set<() => void>();

  /** @param now Unix ms, for append times */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  create(settings: TopicSettings): boolean {
    if (this.#topics.has(settings.name)) return false;
    const partitions = Array.from({ length: settings.partitions }, () => ({ records: [], start: 0, end: 0 }));
    this.#topics.set(settings.name, { settings, partitions });
    return true;
  }

  settings(topic: string): TopicSettings | undefined {
    return this.#topics.get(topic)?.settings;
  }

  /** @throws {LogError} `unknown-topic` */
  partitions(topic: string): number {
    return this.#topic(topic).partitions.length;
  }

  /** @throws {LogError} `unknown-topic` */
  partition(topic: string, partition: number): MemoryPartition {
    const found = this.#topic(topic).partitions[partition];
    if (found === undefined) throw new LogError('unknown-topic', `cannot find partition ${partition} of "${topic}"`);
    return found;
  }

  /** All or nothing. @throws {LogError} `unknown-topic`, `too-large` */
  append(records: readonly OutgoingRecord[]): Position[] {
    for (const record of records) this.#check(record);
    const positions = records.map((record) => this.#appendOne(record));
    this.#wake();
    return positions;
  }

  /** Removes records below an offset, as retention would. */
  trim(topic: string, partition: number, start: number): void {
    const found = this.partition(topic, partition);
    found.start = Math.min(Math.max(start, found.start), found.end);
    const kept = found.records.findIndex((record) => record.offset >= start);
    found.records.splice(0, kept === -1 ? found.records.length : kept);
  }

  group(name: string): MemoryGroup {
    const found = this.#groups.get(name) ?? {
      members: new Map(),
      positions: new Map(),
      fences: new Map(),
      owners: new Map(),
    };
    this.#groups.set(name, found);
    return found;
  }

  /** Shares the partitions of a group anew and tells its members. */
  rebalance(name: string): void {
    const group = this.group(name);
    const members = [...group.members.values()];
    const topics = [...new Set(members.flatMap((member) => member.topics))].sort();
    const partitions = topics.flatMap((topic) =>
      Array.from({ length: this.partitions(topic) }, (_, partition) => ({ topic, partition })),
    );
    group.owners = assignPartitions(members, partitions, group.owners);
    for (const member of members) {
      member.assigned(partitions.filter((one) => group.owners.get(partitionKey(one)) === member.id));
    }
  }

  /** Resolves at the next append, or when the signal aborts. */
  changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  #topic(topic: string): MemoryTopic {
    const found = this.#topics.get(topic);
    if (found === undefined) throw new LogError('unknown-topic', `cannot find topic "${topic}"`);
    return found;
  }

  #check({ topic, partition, key, value }: OutgoingRecord): void {
    this.partition(topic, partition);
    const { maxRecordBytes } = this.#topic(topic).settings;
    const bytes = (key?.length ?? 0) + (value?.length ?? 0);
    if (bytes > maxRecordBytes) throw new LogError('too-large', `cannot append ${bytes} bytes to "${topic}"`);
  }

  #appendOne({ topic, partition, key, value, headers = {} }: OutgoingRecord): Position {
    const into = this.partition(topic, partition);
    const offset = into.end++;
    const timestampMs = Math.max(this.#now(), into.records.at(-1)?.timestampMs ?? 0);
    if (key !== null && this.#topic(topic).settings.policy === 'compact') compact(into.records, key);
    into.records.push({ offset, timestampMs, key: copy(key), value: copy(value), headers: { ...headers } });
    return { topic, partition, offset };
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

function compact(records: LogRecord[], key: Uint8Array): void {
  const older = records.findIndex((record) => record.key !== null && Buffer.compare(record.key, key) === 0);
  if (older !== -1) records.splice(older, 1);
}

function copy(data: Uint8Array | null): Uint8Array | null {
  return data === null ? null : Uint8Array.from(data);
}
