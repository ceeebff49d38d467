/** What is known of a partition without looking at its records. */
export interface PartitionState {
  /** First kept offset. */
  start: number;
  /** Offset of the next record. */
  end: number;
  /** Bytes of the stored records. */
  bytes: number;
  /** Append time of the newest record, Unix ms; append times never go back. */
  lastMs: number;
}

const FIELD_BYTES = 8;

/** A partition that nothing was ever written to. */
export function emptyPartition(): PartitionState {
  return { start: 0, end: 0, bytes: 0, lastMs: 0 };
}

/** Four doubles, little-endian. */
export function encodeState(state: PartitionState): Buffer {
  const into = Buffer.allocUnsafe(4 * FIELD_BYTES);
  into.writeDoubleLE(state.start, 0);
  into.writeDoubleLE(state.end, FIELD_BYTES);
  into.writeDoubleLE(state.bytes, 2 * FIELD_BYTES);
  into.writeDoubleLE(state.lastMs, 3 * FIELD_BYTES);
  return into;
}

/** Reads what {@link encodeState} wrote; nothing stored is an empty partition. */
export function decodeState(stored: Buffer | undefined): PartitionState {
  if (stored === undefined) return emptyPartition();
  return {
    start: stored.readDoubleLE(0),
    end: stored.readDoubleLE(FIELD_BYTES),
    bytes: stored.readDoubleLE(2 * FIELD_BYTES),
    lastMs: stored.readDoubleLE(3 * FIELD_BYTES),
  };
}
