/** Headers of a record: short texts, readable without touching the value. Encoded as UTF-8 on every driver. */
export type RecordHeaders = Readonly<Record<string, string>>;

/** A record as it is handed to the log. */
export interface OutgoingRecord {
  readonly topic: string;
  /** Chosen by the writer (see `partitionOf`); order is kept inside a partition only. */
  readonly partition: number;
  readonly key: Uint8Array | null;
  /** `null` is a tombstone: on a compacted topic it removes the key. */
  readonly value: Uint8Array | null;
  readonly headers?: RecordHeaders;
}

/** A record as it was read. The byte arrays belong to the reader of the batch and are never written to again. */
export interface LogRecord {
  readonly offset: number;
  /** Log append time in Unix milliseconds: the log's own clock, never the sender's. */
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: RecordHeaders;
}

/** Neighbouring records of one partition, in offset order; offsets may have holes (compaction, transaction markers). */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** Where to read on: past the last record and past whatever was invisible behind it. */
  readonly nextOffset: number;
  /** The end of the partition when the batch was read; `end - nextOffset` is the lag in offsets. */
  readonly end: number;
  /**
   * Set when retention overtook the read: it had removed the records from this offset up to the first of this batch
   * before they were read. Their distance is how many were lost at most. A read says so once for each such gap.
   */
  readonly lostFrom?: number;
}

/** Records that retention removed before they were read. */
export interface LostRange {
  readonly topic: string;
  readonly partition: number;
  /** First offset that was not read. */
  readonly from: number;
  /** First offset that was read again; the distance is how many records were lost at most. */
  readonly to: number;
}

/** What was lost before a batch, or `undefined`. */
export function lostBefore({ topic, partition, lostFrom, records, nextOffset }: RecordBatch): LostRange | undefined {
  return lostFrom === undefined
    ? undefined
    : { topic, partition, from: lostFrom, to: records[0]?.offset ?? nextOffset };
}

/** Where an appended record went. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}
