import { createHash } from 'node:crypto';

const ID_BYTES = 4;
const OFFSET_BYTES = 6;
const TIME_BYTES = 6;
/** LMDB bounds its keys; longer keys of records are indexed by their digest. */
const LONGEST_PLAIN_KEY = 480;
const PLAIN = 0;
const DIGEST = 1;

/** Largest offset a partition can reach. */
export const MAX_OFFSET = 2 ** 48 - 1;

/** Key of a partition's state: its number across all topics, big-endian, so that a topic's partitions are neighbours. */
export function idKey(id: number): Buffer {
  const key = Buffer.allocUnsafe(ID_BYTES);
  key.writeUInt32BE(id);
  return key;
}

/** Key of a record: partition, offset; ordered as numbers are. */
export function recordKey(id: number, offset: number): Buffer {
  const key = Buffer.allocUnsafe(ID_BYTES + OFFSET_BYTES);
  key.writeUInt32BE(id);
  key.writeUIntBE(Math.min(offset, MAX_OFFSET), ID_BYTES, OFFSET_BYTES);
  return key;
}

/** The offset in a record's key. */
export function offsetOfKey(key: Buffer): number {
  return key.readUIntBE(ID_BYTES, OFFSET_BYTES);
}

/** Key of the index of a compacted partition. */
export function compactionKey(id: number, key: Uint8Array): Buffer {
  const plain = key.length <= LONGEST_PLAIN_KEY;
  const tail = plain ? key : createHash('sha256').update(key).digest();
  return Buffer.concat([idKey(id), Buffer.of(plain ? PLAIN : DIGEST), tail]);
}

/** Where a tombstone lies in the order of their times. */
export interface TombstonePlace {
  readonly timeMs: number;
  readonly id: number;
  readonly offset: number;
}

/** Key of a tombstone: time, partition, offset. */
export function tombstoneKey({ timeMs, id, offset }: TombstonePlace): Buffer {
  const time = Buffer.allocUnsafe(TIME_BYTES);
  time.writeUIntBE(Math.max(0, timeMs), 0, TIME_BYTES);
  return Buffer.concat([time, recordKey(id, offset)]);
}

/** What a tombstone's key says. */
export function tombstonePlace(key: Buffer): TombstonePlace {
  return {
    timeMs: key.readUIntBE(0, TIME_BYTES),
    id: key.readUInt32BE(TIME_BYTES),
    offset: offsetOfKey(key.subarray(TIME_BYTES)),
  };
}
