import { LogError, type OutgoingRecord, type Position } from '@tandem/stream';
import { encodeRecord } from './record-codec.ts';
import { type TopicCatalogue } from './topic-catalogue.ts';
import { type PreparedRecord, type WriteTransaction } from './write-transaction.ts';

/** Records of one call, encoded and found to be acceptable. */
export interface PreparedRecords {
  readonly records: readonly PreparedRecord[];
  readonly bytes: number;
}

/** Encodes records before any lock is held. @throws {LogError} `unknown-topic`, `too-large` */
export function prepare(topics: TopicCatalogue, records: readonly OutgoingRecord[]): PreparedRecords {
  let bytes = 0;
  const prepared = records.map((record) => {
    const one = prepareOne(topics, record);
    bytes += one.stored.length;
    return one;
  });
  return { records: prepared, bytes };
}

function prepareOne(topics: TopicCatalogue, record: OutgoingRecord): PreparedRecord {
  const { topic, partition, key } = record;
  const id = topics.id(topic, partition);
  const { policy, maxRecordBytes } = topics.layout(topic);
  const stored = encodeRecord(record);
  if (stored.length > maxRecordBytes) {
    const limit = `the topic's limit is ${maxRecordBytes}`;
    throw new LogError('too-large', `cannot append ${stored.length} bytes to topic "${topic}": ${limit}`);
  }
  const isTombstone = record.value === null;
  const compactBy = policy === 'compact' && key !== null ? { compactBy: key } : {};
  return { topic, partition, id, stored, isTombstone, ...compactBy };
}

/** @throws {LogError} `full` when the records would go over the bytes the log may take */
export function checkSpace(transaction: WriteTransaction, { bytes }: PreparedRecords, maxBytes: number): void {
  if (maxBytes === Infinity || bytes === 0 || transaction.totalBytes + bytes <= maxBytes) return;
  throw new LogError('full', `cannot append ${bytes} bytes: the log holds ${transaction.totalBytes} of ${maxBytes}`);
}

/** Stores the records in their order. */
export function appendAll(transaction: WriteTransaction, { records }: PreparedRecords): Position[] {
  return records.map((record) => transaction.append(record));
}
