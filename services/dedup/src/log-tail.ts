import { type LogRecord, type RecordReader } from '@tandem/stream';

/** A partition to be read, until the signal. */
export interface PartitionSource {
  readonly topic: string;
  readonly partition: number;
  readonly signal: AbortSignal;
}

/** The newest visible record below an offset, or `undefined` where there is none. */
export async function lastRecordBefore(
  reader: Pick<RecordReader, 'read' | 'bounds'>,
  source: PartitionSource,
  offset: number,
): Promise<LogRecord | undefined> {
  const { start } = await reader.bounds(source.topic, source.partition);
  // Behind the last record there may be offsets without one (transaction markers, aborted records): look back further.
  for (let span = 4; ; span *= 8) {
    const from = Math.max(start, offset - span);
    let last: LogRecord | undefined;
    for await (const batch of reader.read({ ...source, from, until: offset })) {
      last = batch.records.findLast((record) => record.offset < offset) ?? last;
    }
    source.signal.throwIfAborted();
    if (last !== undefined || from <= start) return last;
  }
}

/** The first visible record from an offset on and below another one, or `undefined`. */
export async function firstRecordFrom(
  reader: Pick<RecordReader, 'read'>,
  source: PartitionSource,
  range: { readonly from: number; readonly until: number },
): Promise<LogRecord | undefined> {
  for await (const batch of reader.read({ ...source, ...range, maxBatchBytes: 1 })) {
    const first = batch.records.find((record) => record.offset >= range.from);
    if (first !== undefined) return first;
  }
  source.signal.throwIfAborted();
  return undefined;
}
