import { type LogRecord, type RecordReader } from '@tandem/stream';

/** What a tail follows. */
export interface TopicTailOptions {
  readonly reader: Pick<RecordReader, 'read' | 'bounds' | 'partitions'>;
  readonly topic: string;
  /** Told of every record, in the order of its partition. */
  readonly apply: (record: LogRecord, partition: number) => void;
  /** Ends the tail. */
  readonly signal: AbortSignal;
  /** Told of a partition that cannot be followed any more. */
  readonly onError: (error: unknown) => void;
}

/** Follows all partitions of a topic from their beginning, and tells when a partition has been read to its end. */
export class TopicTail {
  readonly #options: TopicTailOptions;
  readonly #positions = new Map<number, number>();
  readonly #waiting = new Set<() => void>();

  private constructor(options: TopicTailOptions) {
    this.#options = options;
  }

  /** Begins to follow. @throws {LogError} where the topic cannot be asked for */
  static async open(options: TopicTailOptions): Promise<TopicTail> {
    const tail = new TopicTail(options);
    const partitions = await options.reader.partitions(options.topic);
    for (let partition = 0; partition < partitions; partition++) {
      const { start } = await options.reader.bounds(options.topic, partition);
      tail.#positions.set(partition, start);
      tail.#follow(partition, start).catch(options.onError);
    }
    return tail;
  }

  get partitions(): number {
    return this.#positions.size;
  }

  /**
   * Waits until everything is applied that was acknowledged before the call.
   *
   * @returns false where the signal aborts before
   * @throws {LogError} where the log cannot be asked for its end
   */
  async readToEnd(partition: number, signal: AbortSignal): Promise<boolean> {
    const { end } = await this.#options.reader.bounds(this.#options.topic, partition);
    while ((this.#positions.get(partition) ?? 0) < end) {
      if (signal.aborted) return false;
      await this.#progress(signal);
    }
    return !signal.aborted;
  }

  async #follow(partition: number, from: number): Promise<void> {
    const { reader, topic, apply, signal } = this.#options;
    for await (const batch of reader.read({ topic, partition, from, signal })) {
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
