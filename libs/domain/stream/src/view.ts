import { type RecordReader } from './log.ts';
import { type LogRecord } from './record.ts';

/** What is read to a barrier. */
export interface ViewSource {
  readonly topic: string;
  readonly partition: number;
  /** Ends the reading. */
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
