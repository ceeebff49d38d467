import { LogError, type OutgoingRecord, type Position } from '@tandem/stream';
import { encodeHead } from './record-codec.ts';
import { type TopicCatalogue } from './topic-catalogue.ts';
import { type PreparedRecord, type WriteTransaction } from './write-transaction.ts';

/** Records of one call, found to be acceptable. */
export interface PreparedRecords {
  readonly records: readonly PreparedRecord[];
  readonly bytes: number;
}

/** Encodes what is before the values of records, before any lock is held. @throws {LogError} `unknown-topic`, `too-large` */
export function prepare(topics: TopicCatalogue, records: readonly OutgoingRecord[]): PreparedRecords {
  let bytes = 0;
  const prepared = records.map((record) => {
    const one = prepareOne(topics, record);
    bytes += one.bytes;
    return one;
  });
  return { records: prepared, bytes };
}

function prepareOne(topics: TopicCatalogue, record: OutgoingRecord): PreparedRecord {
  const { topic, partition, key, value } = record;
  const id = topics.id(topic, partition);
  const { policy, maxRecordBytes } = topics.layout(topic);
  const head = encodeHead(record);
  const bytes = head.length + (value?.length ?? 0);
  if (bytes > maxRecordBytes) {
    const limit = `the topic's limit is ${maxRecordBytes}`;
    throw new LogError('too-large', `cannot append ${bytes} bytes to topic "${topic}": ${limit}`);
  }
  const compactBy = policy === 'compact' && key !== null ? { compactBy: key } : {};
  return { topic, partition, id, head, value, bytes, ...compactBy };
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
