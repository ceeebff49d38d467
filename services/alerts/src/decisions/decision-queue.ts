import { LogError, partitionOf, type OutgoingRecord, type RecordAppender, type RecordReader } from '@tandem/stream';

import { type AlertsClock } from '../clock.ts';

/** Why a decision is not in the log. */
export type DropReason = 'queue-full' | 'too-large' | 'stopped';

/** A record without its partition. */
export type Unplaced = Omit<OutgoingRecord, 'topic' | 'partition'> & { readonly key: Uint8Array };

/** What the queue needs, and whom it tells. */
export interface DecisionQueueOptions {
  readonly appender: Pick<RecordAppender, 'append'>;
  readonly reader: Pick<RecordReader, 'partitions'>;
  readonly topic: string;
  readonly clock: Pick<AlertsClock, 'sleep'>;
  /** Records that may wait, and their bytes. */
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** How long to wait before the log is tried again, ms. */
  readonly retryMs: number;
  readonly onAppended: (records: number) => void;
  readonly onDropped: (reason: DropReason, records: number) => void;
  /** The log is away; it is tried again. */
  readonly onFailure: (error: unknown) => void;
}

/** The most that one append takes. */
const BATCH_RECORDS = 500;
const BATCH_BYTES = 524_288;

/** Appends records in their order, in batches, and keeps them while the log is away (SPEC.md, D5). */
export class DecisionQueue {
  readonly #options: DecisionQueueOptions;
  readonly #waiting: Unplaced[] = [];
  readonly #ended = new AbortController();
  #bytes = 0;
  #partitions: number | undefined;
  /** Records of a batch that was too large are appended one by one. */
  #alone = 0;
  #stopping = false;
  #writing: Promise<void> | undefined;

  constructor(options: DecisionQueueOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Takes a record, or drops it and says so. Never waits. */
  put(record: Unplaced): void {
    const bytes = sizeOf(record);
    const refused = this.#refusal(bytes);
    if (refused !== undefined) {
      this.#options.onDropped(refused, 1);
      return;
    }
    this.#waiting.push(record);
    this.#bytes += bytes;
    this.#writing ??= this.#write();
  }

  #refusal(bytes: number): DropReason | undefined {
    const { maxRecords, maxBytes } = this.#options;
    if (this.#stopping) return 'stopped';
    return this.#waiting.length >= maxRecords || this.#bytes + bytes > maxBytes ? 'queue-full' : undefined;
  }

  /** Appends what waits, for so long at most, ms; what is left then is dropped. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true;
    const { signal } = this.#ended;
    if (this.#writing !== undefined) {
      await Promise.race([this.#writing, this.#options.clock.sleep(patienceMs, signal)]);
    }
    this.#ended.abort();
    const left = this.#waiting.splice(0).length;
    this.#bytes = 0;
    if (left > 0) this.#options.onDropped('stopped', left);
  }

  async #write(): Promise<void> {
    const { clock, retryMs } = this.#options;
    // What comes in the same turn goes into the same batch.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#ended.signal.aborted) {
      if (!(await this.#appendSome())) await clock.sleep(retryMs, this.#ended.signal);
    }
    this.#writing = undefined;
  }

  /** @returns whether to go on at once */
  async #appendSome(): Promise<boolean> {
    const { appender, reader, topic, onAppended, onFailure } = this.#options;
    const batch = this.#waiting.slice(0, this.#batchSize());
    try {
      const partitions = (this.#partitions ??= await reader.partitions(topic));
      await appender.append(batch.map((one) => ({ topic, partition: partitionOf(one.key, partitions), ...one })));
    } catch (error) {
      if (this.#isTooLarge(error, batch.length)) return true;
      onFailure(error);
      return false;
    }
    if (this.#ended.signal.aborted) return true;
    this.#remove(batch.length);
    onAppended(batch.length);
    return true;
  }

  #batchSize(): number {
    if (this.#alone > 0) return 1;
    let bytes = 0;
    const over = this.#waiting.slice(0, BATCH_RECORDS).findIndex((record) => (bytes += sizeOf(record)) > BATCH_BYTES);
    return over === -1 ? BATCH_RECORDS : Math.max(1, over);
  }

  #isTooLarge(error: unknown, records: number): boolean {
    if (!(error instanceof LogError) || error.reason !== 'too-large') return false;
    if (records > 1) {
      this.#alone = records;
    } else {
      this.#remove(1);
      this.#options.onDropped('too-large', 1);
    }
    return true;
  }

  #remove(records: number): void {
    for (const record of this.#waiting.splice(0, records)) this.#bytes -= sizeOf(record);
    this.#alone = Math.max(0, this.#alone - records);
  }
}

function sizeOf({ key, value }: Unplaced): number {
  return key.length + (value?.length ?? 0);
}
