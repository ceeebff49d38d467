import { type RecordReader } from './log.ts';
import { type LogRecord } from './record.ts';

/** What a view is made from. */
export interface ViewSource {
  readonly topic: string;
  readonly partition: number;
  /** Ends the tail. */
  readonly signal: AbortSignal;
}

/** The end of a partition as of now; reading until it sees everything acknowledged before the call. */
export async function readToBarrier(
  reader: RecordReader,
  source: ViewSource,
  from: number,
  apply: (record: LogRecord) => void,
): Promise<number> {
  const { end } = await reader.bounds(source.topic, source.partition);
  let next = from;
  for await (const batch of reader.read({ ...source, from, until: end })) {
    for (const record of batch.records) apply(record);
    next = batch.nextOffset;
  }
  return Math.max(next, end);
}

/**
 * A compacted topic's partition as a map: the newest value of each key.
 * Filled to the barrier when `CompactedView.open` resolves, and kept up to date until the signal aborts.
 */
export class CompactedView {
  readonly #entries = new Map<string, LogRecord>();
  readonly #reader: RecordReader;
  readonly #source: ViewSource;
  #position = 0;

  private constructor(reader: RecordReader, source: ViewSource) {
    this.#reader = reader;
    this.#source = source;
  }

  /** Reads the partition to its end as of now, then tails it in the background; `onError` hears of a tail that ended. */
  static async open(
    reader: RecordReader,
    source: ViewSource,
    onError: (error: unknown) => void,
  ): Promise<CompactedView> {
    const view = new CompactedView(reader, source);
    const { start } = await reader.bounds(source.topic, source.partition);
    view.#position = await readToBarrier(reader, source, start, (record) => {
      view.#apply(record);
    });
    view.#tail().catch(onError);
    return view;
  }

  /** The newest record of a key, or `undefined`. */
  get(key: Uint8Array): LogRecord | undefined {
    return this.#entries.get(keyText(key));
  }

  /** The newest record of every key. */
  values(): IterableIterator<LogRecord> {
    return this.#entries.values();
  }

  /** Number of keys. */
  get size(): number {
    return this.#entries.size;
  }

  async #tail(): Promise<void> {
    for await (const batch of this.#reader.read({ ...this.#source, from: this.#position })) {
      for (const record of batch.records) this.#apply(record);
    }
  }

  #apply(record: LogRecord): void {
    if (record.key === null) return;
    if (record.value === null) this.#entries.delete(keyText(record.key));
    else this.#entries.set(keyText(record.key), record);
  }
}

const keyDecoder = new TextDecoder('latin1');

/** Keys are bytes; Latin-1 maps each byte to one character, so no two keys meet. */
function keyText(key: Uint8Array): string {
  return keyDecoder.decode(key);
}
