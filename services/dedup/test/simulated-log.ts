import {
  LogError,
  type Claim,
  type JoinRequest,
  type Log,
  type LogRecord,
  type Membership,
  type OutgoingRecord,
  type Position,
  type ReadRequest,
  type RecordBatch,
} from '@tandem/stream';

/** What an instance's next step on the log meets: nothing, its death, or its death after the commit took effect. */
export type Fate = 'lives' | 'dies' | 'dies-after';

/** A record as a test puts it into the log, with the append time of its choice. */
export type Appended = Omit<LogRecord, 'offset'>;

/** The storage: partitions of records with chosen append times, committed positions, one holder per partition. */
export class SimulatedStorage {
  readonly partitions: number;
  readonly #records = new Map<string, LogRecord[]>();
  readonly #positions = new Map<string, number>();
  readonly #holders = new Map<string, object>();
  readonly #starts = new Map<string, number>();
  #waiting: (() => void)[] = [];

  constructor(partitions = 1) {
    this.partitions = partitions;
  }

  /** All records of a partition; offsets leave a hole after every transaction, as Kafka's do. */
  records(topic: string, partition = 0): LogRecord[] {
    const name = `${topic}/${partition}`;
    let records = this.#records.get(name);
    if (records === undefined) this.#records.set(name, (records = []));
    return records;
  }

  /** Newest append time of all partitions. */
  get newestMs(): number {
    return Math.max(0, ...Array.from(this.#records.values(), (records) => records.at(-1)?.timestampMs ?? 0));
  }

  end(topic: string, partition: number): number {
    const last = this.records(topic, partition).at(-1);
    return last === undefined ? 0 : last.offset + 1;
  }

  append(topic: string, partition: number, records: readonly Appended[], hole = 0): void {
    const target = this.records(topic, partition);
    let offset = this.end(topic, partition) + hole;
    for (const record of records) target.push({ ...record, offset: offset++ });
    this.wake();
  }

  /** Removes the oldest records, as retention does. */
  retain(topic: string, partition: number, fromOffset: number): void {
    const records = this.records(topic, partition);
    records.splice(0, records.filter(({ offset }) => offset < fromOffset).length);
    this.#starts.set(`${topic}/${partition}`, fromOffset);
  }

  /** First offset that retention has left. */
  start(topic: string, partition: number): number {
    return this.#starts.get(`${topic}/${partition}`) ?? 0;
  }

  position(topic: string, partition: number): number {
    return this.#positions.get(`${topic}/${partition}`) ?? 0;
  }

  /** Whether everything of a topic's partitions is committed. */
  drained(topic: string): boolean {
    return Array.from({ length: this.partitions }, (_, p) => this.position(topic, p) >= this.end(topic, p)).every(
      Boolean,
    );
  }

  hold(topic: string, partition: number): object {
    const token = {};
    this.#holders.set(`${topic}/${partition}`, token);
    return token;
  }

  commit({ topic: from, partition, token }: Held, next: number, outputs: readonly OutgoingRecord[]): void {
    if (this.#holders.get(`${from}/${partition}`) !== token) throw new LogError('fenced', 'cannot commit: fenced');
    this.#positions.set(`${from}/${partition}`, next);
    const input = this.records(from, partition);
    // Append times of outputs follow those of the input, as if it had been processed at once; transactions leave holes.
    outputs.forEach(({ topic, partition: target, key, value, headers = {} }, i) => {
      const source =
        input.find(({ offset }) => String(offset) === headers['source-offset']) ??
        (topic === 'samples' ? input.findLast(({ offset }) => offset < next) : undefined);
      const beforeMs = this.records(topic, target).at(-1)?.timestampMs ?? 0;
      const timestampMs = Math.max(beforeMs, source?.timestampMs ?? 0);
      const record = { key, value: value === null ? null : Uint8Array.from(value), headers, timestampMs };
      this.append(topic, target, [record], i === 0 ? 1 : 0);
    });
    this.wake();
  }

  /** Resolves at the next change. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** A partition that is held. */
interface Held {
  readonly topic: string;
  readonly partition: number;
  readonly token: object;
}

/** What one client of the storage is like. */
export interface ClientOptions {
  /** Records of the n-th batch read. */
  readonly batchRecords?: (n: number) => number;
  /** What the n-th step (batch read, or commit) meets. */
  readonly fate?: (n: number) => Fate;
}

/** The log as one instance sees it; it can be killed at every step, and nothing it does afterwards has an effect. */
export class SimulatedLog implements Log {
  readonly #storage: SimulatedStorage;
  readonly #options: ClientOptions;
  readonly #dead = new AbortController();
  readonly errors: unknown[] = [];
  #steps = 0;
  #batches = 0;
  commits = 0;
  /** So many questions for the number of partitions fail. */
  outage = 0;

  constructor(storage: SimulatedStorage, options: ClientOptions = {}) {
    this.#storage = storage;
    this.#options = options;
  }

  get dead(): boolean {
    return this.#dead.signal.aborted;
  }

  kill(): void {
    this.#dead.abort();
    this.#storage.wake();
  }

  #step(): Fate {
    const fate = this.#options.fate?.(this.#steps++) ?? 'lives';
    if (fate === 'dies') this.kill();
    if (this.dead) throw new LogError('unavailable', 'cannot reach the log: dead');
    return fate;
  }

  async *read(request: ReadRequest): AsyncIterable<RecordBatch> {
    const { from, until, signal } = request;
    let next = from;
    while (signal?.aborted !== true && !this.dead && (until === undefined || next < until)) {
      await Promise.resolve();
      const batch = this.#batch(request, next);
      if (batch.records.length > 0) {
        // Only reads of work are steps: what is read besides depends on where the instances before have died.
        if (until === undefined) this.#step();
        next = batch.nextOffset;
        yield batch;
      } else if (until === undefined) {
        await Promise.race([this.#storage.changed(), aborted(signal)]);
      } else {
        return;
      }
    }
  }

  #batch({ topic, partition, until = Infinity }: ReadRequest, from: number): RecordBatch {
    const limit = Math.max(1, this.#options.batchRecords?.(this.#batches++) ?? 100);
    const all = this.#storage.records(topic, partition);
    const records = all.filter(({ offset }) => offset >= from && offset < until).slice(0, limit);
    const nextOffset = (records.at(-1)?.offset ?? from) + 1;
    const lost = from < this.#storage.start(topic, partition) ? { lostFrom: from } : {};
    return { topic, partition, records, nextOffset, end: this.#storage.end(topic, partition), ...lost };
  }

  bounds(topic: string, partition: number): Promise<{ start: number; end: number }> {
    const end = this.#storage.end(topic, partition);
    return Promise.resolve({ start: this.#storage.records(topic, partition)[0]?.offset ?? end, end });
  }

  offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    const found = this.#storage.records(topic, partition).find(({ timestampMs }) => timestampMs >= timeMs);
    return Promise.resolve(found?.offset ?? this.#storage.end(topic, partition));
  }

  partitions(): Promise<number> {
    if (this.outage > 0) {
      this.outage--;
      return Promise.reject(new LogError('unavailable', 'cannot reach the log'));
    }
    return Promise.resolve(this.#storage.partitions);
  }

  join({ topics, onClaim, onError }: JoinRequest): Promise<Membership> {
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, this.#dead.signal]);
    const partitions = Array.from({ length: this.#storage.partitions }, (_, partition) => partition);
    const held = partitions.map(async (partition) => {
      while (!signal.aborted) {
        const failed = new AbortController();
        try {
          await onClaim(this.#claim(topics[0] ?? '', partition, AbortSignal.any([signal, failed.signal])));
        } catch (error) {
          this.errors.push(error);
          onError?.(error);
        }
        failed.abort();
      }
    });
    return Promise.resolve({
      assignment: () => [],
      leave: async () => {
        left.abort();
        this.#storage.wake();
        await Promise.all(held);
      },
    });
  }

  #claim(topic: string, partition: number, signal: AbortSignal): Claim {
    const token = this.#storage.hold(topic, partition);
    return {
      topic,
      partition,
      position: this.#storage.position(topic, partition),
      signal,
      commit: async (next, outputs = []) => {
        await Promise.resolve();
        const fate = this.#step();
        this.#storage.commit({ topic, partition, token }, next, outputs);
        this.commits++;
        if (fate !== 'dies-after') return;
        this.kill();
        throw new LogError('unavailable', 'cannot reach the log: dead');
      },
    };
  }

  committed(): Promise<undefined> {
    return Promise.reject(new Error('not simulated'));
  }
  /** Appended at the time of the newest record there is. */
  append(records: readonly OutgoingRecord[]): Promise<readonly Position[]> {
    this.#step();
    const positions = records.map(({ topic, partition, key, value, headers = {} }) => {
      this.#storage.append(topic, partition, [{ key, value, headers, timestampMs: this.#storage.newestMs }]);
      return { topic, partition, offset: this.#storage.end(topic, partition) - 1 };
    });
    return Promise.resolve(positions);
  }
  createTopics(): Promise<never> {
    return Promise.reject(new Error('not simulated'));
  }
  checkTopics(): Promise<never> {
    return Promise.reject(new Error('not simulated'));
  }
  ping(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
