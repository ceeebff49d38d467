import { type LogError, type OutgoingRecord } from '@tandem/stream';
import { BrokerError } from '../wire/errors.ts';
import { encodeBatch } from '../wire/encode-batch.ts';
import { type Producer } from '../wire/messages.ts';
import { Backoff } from '../wire/retry.ts';
import { type PendingAppend } from './pending-append.ts';

/** A record on its way, and the call it belongs to. */
export interface QueuedRecord {
  readonly record: OutgoingRecord;
  /** A bound of its bytes in a batch. */
  readonly bytes: number;
  readonly pending: PendingAppend;
  /** Its place in the call. */
  readonly index: number;
}

interface Batch {
  readonly records: readonly QueuedRecord[];
  readonly bytes: Buffer;
}

/** Fits the broker's default bound of a batch, 1 048 588 bytes. */
const MAX_BATCH_BYTES = 900_000;
const MAX_BACKOFF_MS = 500;
const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
const MAX_SEQUENCE = 0x7fff_ffff;

/** What waits for one partition, in order, and its place in a producer's sequence. */
export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  /** Set while a batch is under way: nothing else may be sent. */
  busy = false;
  /** Set while its leader is looked for. */
  seeking = false;
  /** Why the last try failed; `undefined` after a success. */
  lastError: unknown;
  #waiting: QueuedRecord[] = [];
  #waitingBytes = 0;
  #batch: Batch | undefined;
  #sequence: { readonly producer: Producer; next: number } | undefined;
  #maxBatchBytes = MAX_BATCH_BYTES;
  #notBefore = 0;
  readonly #backoff = new Backoff(MAX_BACKOFF_MS);

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  push(record: QueuedRecord): void {
    this.#waiting.push(record);
    this.#waitingBytes += record.bytes;
  }

  get isEmpty(): boolean {
    return this.#batch === undefined && this.#waiting.length === 0;
  }

  /** Whether the next batch may be sent now. */
  sendable(now: number): boolean {
    return !this.busy && !this.seeking && !this.isEmpty && now >= this.#notBefore;
  }

  /** A bound of the bytes of the next batch. */
  get nextBytes(): number {
    if (this.#batch !== undefined) return this.#batch.bytes.length;
    return Math.max(this.#waiting[0]?.bytes ?? 0, Math.min(this.#maxBatchBytes, this.#waitingBytes));
  }

  /** Whether a producer is needed before {@link takeBatch}. */
  get needsProducer(): boolean {
    return this.#sequence === undefined;
  }

  /** Begins a sequence. */
  begin(producer: Producer): void {
    this.#sequence = { producer, next: 0 };
  }

  /** When the oldest record of the next batch has waited enough, on the monotonic clock. */
  get deadline(): number {
    return (this.#batch?.records ?? this.#waiting)[0]?.pending.deadline ?? Infinity;
  }

  /** The bytes to send: those of the last try, unchanged, or of a new batch. */
  takeBatch(): Buffer {
    if (this.#batch !== undefined) return this.#batch.bytes;
    const sequence = this.#sequence;
    if (sequence === undefined) throw new Error('a batch needs a producer');
    const records = this.#take(this.#batchLength());
    const origin = { ...sequence.producer, baseSequence: sequence.next, transactional: false };
    const bytes = encodeBatch(
      records.map(({ record }) => record),
      origin,
    );
    this.#batch = { records, bytes };
    return bytes;
  }

  #take(count: number): QueuedRecord[] {
    const records = this.#waiting.splice(0, count);
    for (const { bytes } of records) this.#waitingBytes -= bytes;
    return records;
  }

  #batchLength(): number {
    let bytes = 0;
    const end = this.#waiting.findIndex((record, i) => {
      bytes += record.bytes;
      return i > 0 && bytes > this.#maxBatchBytes;
    });
    return end < 0 ? this.#waiting.length : end;
  }

  /** The batch is in the log. */
  acknowledge(baseOffset: number): void {
    const records = this.#batch?.records ?? [];
    if (this.#sequence !== undefined) {
      this.#sequence.next = (this.#sequence.next + records.length) % (MAX_SEQUENCE + 1);
    }
    this.#settled();
    for (const [i, { pending, index }] of records.entries()) pending.acknowledge(index, baseOffset + i);
  }

  #settled(): void {
    this.#batch = undefined;
    this.#notBefore = 0;
    this.lastError = undefined;
    this.#backoff.reset();
  }

  /** The same batch is sent again, after the time returned, ms. */
  retryLater(now: number, error: unknown): number {
    const waitMs = this.#backoff.next();
    this.lastError = error;
    this.#notBefore = now + waitMs;
    return waitMs;
  }

  /**
   * After a batch was refused for its size: cuts it up, where it has more than one record. Nothing of it was written,
   * so its sequence numbers are used again.
   */
  split(error: unknown): boolean {
    const batch = this.#batch;
    if (batch === undefined || batch.records.length < 2) return false;
    if (!(error instanceof BrokerError) || !TOO_LARGE.has(error.type)) return false;
    this.#maxBatchBytes = Math.ceil(Math.min(batch.bytes.length, this.#maxBatchBytes) / 2);
    this.#waiting = [...batch.records, ...this.#waiting];
    for (const { bytes } of batch.records) this.#waitingBytes += bytes;
    this.#settled();
    return true;
  }

  /** The batch, or else the record that would be sent first, cannot be written. The sequence is over. */
  rejectBatch(error: LogError): void {
    const records = this.#batch?.records ?? this.#take(this.#batchLength());
    this.#sequence = undefined;
    this.#settled();
    for (const { pending } of records) pending.reject(error);
  }

  /** Rejects a batch that waits for another try and has no time left. Tells whether it did. */
  expireBatch(now: number, error: LogError): boolean {
    if (this.busy || this.#batch === undefined || this.deadline > now) return false;
    this.rejectBatch(error);
    return true;
  }

  /** Rejects records that were never sent and have no time left. */
  expireWaiting(now: number, error: LogError): void {
    const fresh = this.#waiting.findIndex(({ pending }) => pending.deadline > now);
    const expired = fresh < 0 ? this.#waiting.length : fresh;
    for (const { pending } of this.#take(expired)) pending.reject(error);
  }
}
