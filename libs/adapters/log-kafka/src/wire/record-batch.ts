/* The record batch, format version 2: https://kafka.apache.org/documentation/#recordbatch */

/** Offsets of the fields of a batch. */
export const BATCH = {
  baseOffset: 0,
  /** Bytes that follow this field. */
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
  records: 61,
} as const;

/** Length of what comes before the bytes that `length` counts. */
export const BATCH_PREFIX_BYTES = 12;
/** The only format version of brokers since 4.0. */
export const MAGIC = 2;

/** Bits of the attributes. */
export const ATTRIBUTES = { codec: 0x07, logAppendTime: 0x08, transactional: 0x10, control: 0x20 } as const;
