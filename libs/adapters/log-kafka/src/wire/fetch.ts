import { type EncodedRequest } from './connection.ts';
import { type AbortedTransaction } from './decode-batch.ts';
import { ByteReader } from './varint.ts';

/** What to fetch. */
export interface FetchFields {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly maxBytes: number;
  /** How long the broker waits where there is nothing new. */
  readonly maxWaitMs: number;
}

/** What a broker gave. */
export interface FetchAnswer {
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Batches, the last one possibly cut off. */
  readonly batches: Buffer;
}

const VERSION = 11;
const READ_COMMITTED = 1;

/** A Fetch of one partition, outside any fetch session: committed records only. */
export function fetchRequest({ topic, partition, offset, maxBytes, maxWaitMs }: FetchFields): EncodedRequest {
  const name = Buffer.from(topic);
  const bytes = Buffer.alloc(69 + name.length);
  let at = bytes.writeInt32BE(-1, 0);
  at = bytes.writeInt32BE(maxWaitMs, at);
  at = bytes.writeInt32BE(1, at);
  at = bytes.writeInt32BE(maxBytes, at);
  at = bytes.writeInt8(READ_COMMITTED, at);
  at = bytes.writeInt32BE(0, at);
  at = bytes.writeInt32BE(-1, at);
  at = bytes.writeInt32BE(1, at);
  at = bytes.writeInt16BE(name.length, at);
  at += name.copy(bytes, at);
  at = bytes.writeInt32BE(1, at);
  at = bytes.writeInt32BE(partition, at);
  at = bytes.writeInt32BE(-1, at);
  at = bytes.writeBigInt64BE(BigInt(offset), at);
  at = bytes.writeBigInt64BE(-1n, at);
  at = bytes.writeInt32BE(maxBytes, at);
  at = bytes.writeInt32BE(0, at);
  // No rack: followers are not read, their high watermark lags behind the barrier.
  bytes.writeInt16BE(0, at);
  return { name: 'Fetch', version: VERSION, body: [bytes] };
}

/** The answer to {@link fetchRequest}. */
export function decodeFetchAnswer(payload: Buffer): FetchAnswer {
  const reader = new ByteReader(payload);
  reader.int32();
  const overall = reader.int16();
  reader.int32();
  if (reader.int32() === 0) {
    return { errorCode: overall, highWatermark: 0, aborted: [], batches: Buffer.alloc(0) };
  }
  reader.text();
  reader.int32();
  reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  // Last stable offset and start of the log.
  reader.slice(16);
  const aborted: AbortedTransaction[] = [];
  for (let left = reader.int32(); left > 0; left--) {
    aborted.push({ producerId: reader.int64(), firstOffset: reader.int64() });
  }
  // Preferred read replica.
  reader.int32();
  const length = reader.int32();
  return { errorCode, highWatermark, aborted, batches: reader.slice(Math.max(0, length)) };
}
