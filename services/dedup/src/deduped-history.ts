import { Watermark, type WatermarkSettings } from '@tandem/election';
import { decodeDedupedHeaders, isWatermark, watermarkOf, type DedupedHeaders } from '@tandem/records';
import { inflate, observe, throwIfNoMemory, type SeriesTracker } from '@tandem/remote-write';
import { SeriesTable, type SampleList } from '@tandem/series';
import { type LogRecord, type OutgoingRecord, type RecordReader } from '@tandem/stream';

import { keyText } from './bytes.ts';
import { firstRecordFrom, lastRecordBefore, type PartitionSource } from './log-tail.ts';
import { SeriesIndex } from './series-index.ts';

/** What the history of a partition is read with. */
export interface HistoryOptions {
  readonly reader: Pick<RecordReader, 'read' | 'bounds' | 'offsetAt'>;
  /** The partition of `deduped`. */
  readonly source: PartitionSource;
  readonly replayWindowMs: number;
  readonly watermark: WatermarkSettings;
  readonly maxDecodedBytes: number;
  /** Told of a record of `deduped` that cannot be read: it stands for nothing. */
  readonly onUnreadable: (offset: number, problem: string) => void;
}

/** What a partition of `deduped` says about what was let through. */
export interface Replayed {
  readonly index: SeriesIndex;
  /** Newest sample of the whole partition, Unix ms; `-Infinity` when it is empty. */
  readonly highTimestampMs: number;
  /** It goes on from the newest one written, however long ago that was. */
  readonly watermark: Watermark;
}

/** Where to read from, and the newest sample of everything before it. */
interface Start {
  readonly from: number;
  readonly floorMs: number;
}

/** A record of `deduped`, in the log or on its way there. */
export type HistoryRecord = Pick<LogRecord, 'headers' | 'value'>;

/** Which records are wanted. */
export interface HistoryStretch {
  /** Text of the record key. */
  readonly key: string;
  /** Unix ms. */
  readonly sinceMs: number;
  /** Records that may not be in the log yet; some may be in both. */
  readonly unwritten: readonly OutgoingRecord[];
}

/** Is shown records, until it has seen enough. */
export type HistoryVisitor = (record: HistoryRecord, headers: DedupedHeaders) => 'enough' | undefined;

/**
 * Reads back what was let through. Each record of `deduped` says in a header what the newest sample before it was, so a
 * place to begin is found from which on everything that matters is seen: a sample later than that is no repeat of what
 * lies before. Retention is the end of memory.
 */
export class DedupedHistory {
  readonly #options: HistoryOptions;
  /** Append time of the last record when the partition was last looked at, Unix ms: windows are counted back from it. */
  #lastMs = 0;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** The index of the replay window before the last record, however long ago that was. */
  async replay(): Promise<Replayed> {
    const { reader, source, replayWindowMs } = this.#options;
    const { end } = await reader.bounds(source.topic, source.partition);
    const last = await lastRecordBefore(reader, source, end);
    const watermark = new Watermark(this.#options.watermark, watermarkOf(last?.headers ?? {}) ?? -Infinity);
    if (last === undefined) return { index: new SeriesIndex(-Infinity), highTimestampMs: -Infinity, watermark };
    this.#lastMs = last.timestampMs;
    const { from, floorMs } = await this.#startAt(replayWindowMs, end);
    const index = new SeriesIndex(floorMs);
    let highTimestampMs = floorMs;
    await this.#each(from, end, (record, headers): undefined => {
      const key = keyText(record.key);
      index.heard(key, record.timestampMs);
      this.#recall(record, headers, index.table(key));
      const timestampMs = headers.span?.maxTimestampMs;
      highTimestampMs = Math.max(highTimestampMs, timestampMs ?? -Infinity, headers.highTimestampMs ?? -Infinity);
      if (timestampMs === undefined) return;
      index.advanced(key, timestampMs);
      if (headers.outOfOrder !== true) {
        watermark.passed(key, { epoch: headers.epoch ?? 0, timestampMs }, record.timestampMs);
      }
    });
    return { index, highTimestampMs, watermark };
  }

  /**
   * The complete table of a key for samples from `sinceMs` on, and its floor.
   *
   * @param unwritten records that may not be in the log yet
   */
  async lookBack(
    key: string,
    sinceMs: number,
    unwritten: readonly OutgoingRecord[],
  ): Promise<{ readonly table: SeriesTable; readonly floorMs: number }> {
    const table = new SeriesTable({ capacity: 0 });
    const floorMs = await this.each({ key, sinceMs, unwritten }, (record, headers): undefined => {
      this.#recall(record, headers, table);
    });
    return { table, floorMs };
  }

  /** Shows a tracker what the epochs before one have let through of a key, from at least `sinceMs` on. */
  async survey(stretch: HistoryStretch & { readonly beforeEpoch: number }, tracker: SeriesTracker): Promise<void> {
    await this.show(stretch, (headers) => ((headers.epoch ?? 0) < stretch.beforeEpoch ? tracker : undefined));
  }

  /**
   * Shows what was let through of a key, from at least `sinceMs` on.
   *
   * @param trackerOf who is shown a record's samples; nobody where it is `undefined`
   */
  async show(
    stretch: HistoryStretch,
    trackerOf: (headers: DedupedHeaders) => SeriesTracker | undefined,
  ): Promise<void> {
    await this.each(stretch, (record, headers): undefined => {
      const tracker = trackerOf(headers);
      if (tracker !== undefined) this.#observe(record, headers, tracker);
    });
  }

  /** Visits the records of a key in order, all those with samples from `sinceMs` on among them; resolves to the floor. */
  async each({ key, sinceMs, unwritten }: HistoryStretch, visit: HistoryVisitor): Promise<number> {
    const { reader, source } = this.#options;
    const { end } = await reader.bounds(source.topic, source.partition);
    const { from, floorMs } = await this.#startBefore(sinceMs, end);
    const isEnough = await this.#each(from, end, (record, headers) =>
      keyText(record.key) === key ? visit(record, headers) : undefined,
    );
    if (isEnough) return floorMs;
    for (const { key: recordKey, headers = {}, value } of unwritten) {
      if (keyText(recordKey) !== key) continue;
      const decoded = decodeDedupedHeaders(headers);
      if (decoded.ok && visit({ headers, value }, decoded.headers) === 'enough') break;
    }
    return floorMs;
  }

  /** Goes back until nothing before is as new as `sinceMs`, or nothing is kept before. */
  async #startBefore(sinceMs: number, end: number): Promise<Start> {
    const last = await lastRecordBefore(this.#options.reader, this.#options.source, end);
    this.#lastMs = last?.timestampMs ?? this.#lastMs;
    for (let windowMs = this.#options.replayWindowMs; ; windowMs *= 4) {
      const start = await this.#startAt(windowMs, end);
      if (start.floorMs < sinceMs || start.floorMs === -Infinity) return start;
    }
  }

  async #startAt(windowMs: number, end: number): Promise<Start> {
    const { reader, source } = this.#options;
    const { start } = await reader.bounds(source.topic, source.partition);
    let from = await reader.offsetAt(source.topic, source.partition, Math.max(0, this.#lastMs - windowMs));
    for (; from > start && from < end;) {
      const first = await firstRecordFrom(reader, source, { from, until: end });
      if (first === undefined) break;
      const decoded = isWatermark(first.headers) ? undefined : decodeDedupedHeaders(first.headers);
      if (decoded?.ok === true) return { from: first.offset, floorMs: decoded.headers.highTimestampMs ?? -Infinity };
      if (decoded !== undefined) this.#options.onUnreadable(first.offset, decoded.problem);
      from = first.offset + 1;
    }
    return { from: start, floorMs: -Infinity };
  }

  /** Visits the records of a stretch of offsets; whether it was broken off. */
  async #each(
    from: number,
    end: number,
    visit: (record: LogRecord, headers: DedupedHeaders) => 'enough' | undefined,
  ): Promise<boolean> {
    const { reader, source, onUnreadable } = this.#options;
    for await (const batch of reader.read({ ...source, from, until: end })) {
      for (const record of batch.records) {
        if (isWatermark(record.headers)) continue;
        const decoded = decodeDedupedHeaders(record.headers);
        if (!decoded.ok) onUnreadable(record.offset, decoded.problem);
        else if (visit(record, decoded.headers) === 'enough') return true;
      }
    }
    source.signal.throwIfAborted();
    return false;
  }

  /** Makes a table remember what a record has let through, under its epoch. */
  #recall(record: HistoryRecord, headers: DedupedHeaders, table: SeriesTable): void {
    table.begin(headers.epoch ?? 0);
    const advance = (high: number, low: number, timestampMs: number): boolean => {
      table.note(high, low, timestampMs);
      return true;
    };
    const advanceAll = (samples: SampleList): void => {
      table.noteAll(samples);
    };
    this.#observe(record, headers, { advance, advanceAll });
  }

  #observe(record: HistoryRecord, headers: DedupedHeaders, series: SeriesTracker): void {
    if (record.value === null || headers.samples === 0) return;
    const protocol = headers.protocol === '1.0' ? 'v1' : 'v2';
    const seen = inflate(record.value, this.#options.maxDecodedBytes, (data) =>
      observe(protocol, data, { replicaLabel: null, series }),
    );
    const failed = seen.ok ? seen.value : seen;
    if (failed.ok) return;
    throwIfNoMemory(failed.problem);
    this.#options.onUnreadable(headers.sourceOffset, failed.problem.message);
  }
}
