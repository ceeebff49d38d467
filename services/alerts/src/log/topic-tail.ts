import { type LogRecord, type RecordReader } from '@tandem/stream';

/** What a tail follows. */
export interface TopicTailOptions {
  readonly reader: Pick<RecordReader, 'read' | 'bounds' | 'partitions'>;
  readonly topic: string;
  /** Where to begin in a partition; without it where the partition does. */
  readonly from?: (partition: number) => Promise<number>;
  /** Upper bound of the bytes of one batch; without it the log's. */
  readonly maxBatchBytes?: number;
  /** Told of every record, in the order of its partition. */
  readonly apply: (record: LogRecord, partition: number) => void;
  /** Ends the tail. */
  readonly signal: AbortSignal;
  /** Told of a partition that cannot be followed any more. */
  readonly onError: (error: unknown) => void;
}

/** Follows all partitions of a topic, and tells when a partition has been read to its end. */
export class TopicTail {
  readonly #options: TopicTailOptions;
  readonly #positions = new Map<number, number>();
  readonly #waiting = new Set<() => void>();
  /** Questions for the end of a partition: the one under way, and the one that all who came since share. */
  readonly #asked = new Map<number, Promise<unknown>>();
  readonly #toAsk = new Map<number, Promise<number>>();

  private constructor(options: TopicTailOptions) {
    this.#options = options;
  }

  /** Begins to follow, all partitions or none. @throws {LogError} where the topic cannot be asked for */
  static async open(options: TopicTailOptions): Promise<TopicTail> {
    const tail = new TopicTail(options);
    const partitions = await options.reader.partitions(options.topic);
    const starts = await Promise.all(Array.from({ length: partitions }, (_, partition) => startOf(partition, options)));
    for (const [partition, start] of starts.entries()) {
      tail.#positions.set(partition, start);
      tail.#follow(partition, start).catch(options.onError);
    }
    return tail;
  }

  get partitions(): number {
    return this.#positions.size;
  }

  /** Waits until all partitions are read to their ends. @throws {LogError} where the log cannot be asked for them */
  async readAllToEnd(signal: AbortSignal): Promise<boolean> {
    const read = await Promise.all([...this.#positions.keys()].map((partition) => this.readToEnd(partition, signal)));
    return read.every(Boolean);
  }

  /**
   * Waits until everything is applied that was acknowledged before the call.
   *
   * @returns false where the signal aborts before
   * @throws {LogError} where the log cannot be asked for its end
   */
  async readToEnd(partition: number, signal: AbortSignal): Promise<boolean> {
    return this.readTo(partition, await this.#end(partition), signal);
  }

  /** Waits until everything below an offset is applied. @returns false where the signal aborts before */
  async readTo(partition: number, end: number, signal: AbortSignal): Promise<boolean> {
    while ((this.#positions.get(partition) ?? 0) < end) {
      if (signal.aborted) return false;
      await this.#progress(signal);
    }
    return !signal.aborted;
  }

  /** The end of a partition at or after the call: many who ask at once ask together. */
  #end(partition: number): Promise<number> {
    const toAsk = this.#toAsk.get(partition);
    if (toAsk !== undefined) return toAsk;
    const { reader, topic } = this.#options;
    const before = this.#asked.get(partition) ?? Promise.resolve();
    const asking = before.then(async () => {
      this.#toAsk.delete(partition);
      const bounds = reader.bounds(topic, partition);
      this.#asked.set(
        partition,
        bounds.catch(() => undefined),
      );
      return (await bounds).end;
    });
    this.#toAsk.set(partition, asking);
    return asking;
  }

  async #follow(partition: number, from: number): Promise<void> {
    const { reader, topic, apply, signal, maxBatchBytes } = this.#options;
    const size = maxBatchBytes === undefined ? {} : { maxBatchBytes };
    for await (const batch of reader.read({ topic, partition, from, signal, ...size })) {
      for (const record of batch.records) apply(record, partition);
      this.#positions.set(partition, batch.nextOffset);
      for (const wake of [...this.#waiting]) wake();
    }
  }

  #progress(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
    });
  }
}

async function startOf(partition: number, { reader, topic, from }: TopicTailOptions): Promise<number> {
  return from === undefined ? (await reader.bounds(topic, partition)).start : from(partition);
}
