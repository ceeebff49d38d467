import { type EncodedRequest } from './connection.ts';
import { ByteReader } from './varint.ts';

/** Whose position of what. */
export interface OffsetFetchFields {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/** First version that can wait for open transactions; brokers have it since 2.5. kafkajs stops at 4. */
const VERSION = 7;

/**
 * An OffsetFetch that asks for a stable offset: while a transaction that moves it has not ended everywhere, the broker
 * answers with an error instead of the offset before it.
 */
export function offsetFetchRequest({ group, topic, partition }: OffsetFetchFields): EncodedRequest {
  const body = [
    // The end of request header version 2.
    TAGS,
    compactText(group),
    Buffer.from([2]),
    compactText(topic),
    Buffer.from([2]),
    int32(partition),
    TAGS,
    Buffer.from([1]),
    TAGS,
  ];
  return { name: 'OffsetFetch', version: VERSION, body };
}

const TAGS = Buffer.from([0]);

function compactText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length: number[] = [];
  for (let rest = bytes.length + 1; ; rest >>>= 7) {
    length.push(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
    if (rest < 0x80) break;
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** The answer to {@link offsetFetchRequest}; the offset is -1 where nothing was committed. */
export function decodeOffsetFetchAnswer(payload: Buffer): { readonly errorCode: number; readonly offset: number } {
  const reader = new ByteReader(payload);
  skipTags(reader);
  reader.int32();
  let found = { errorCode: 0, offset: -1 };
  for (let topics = reader.uvarint() - 1; topics > 0; topics--) {
    skipCompact(reader);
    for (let partitions = reader.uvarint() - 1; partitions > 0; partitions--) {
      reader.int32();
      const offset = reader.int64();
      reader.int32();
      skipCompact(reader);
      found = { offset, errorCode: reader.int16() };
      skipTags(reader);
    }
    skipTags(reader);
  }
  const errorCode = reader.int16();
  return errorCode === 0 ? found : { errorCode, offset: -1 };
}

function skipCompact(reader: ByteReader): void {
  reader.slice(Math.max(0, reader.uvarint() - 1));
}

function skipTags(reader: ByteReader): void {
  for (let left = reader.uvarint(); left > 0; left--) {
    reader.uvarint();
    reader.slice(reader.uvarint());
  }
}
