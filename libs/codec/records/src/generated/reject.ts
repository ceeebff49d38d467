/* Made from proto/avro/reject.avsc by tools/generate-avro.mjs. Do not edit. */

/** A record that could not be processed, and why. Topic rejects, key source topic. */
export interface Reject {
  /** Who gave it up: dedup, or forward/<target>. */
  readonly by: string;
  /** Bounded word, the one in metrics: corrupt-snappy, malformed, bad-headers, ... */
  readonly reason: string;
  /** Sentence for people. */
  readonly detail: string;
  /** Topic it was read from. */
  readonly sourceTopic: string;
  /** Partition it was read from. */
  readonly sourcePartition: number;
  /** Offset it was read at. */
  readonly sourceOffset: number;
  /** Log time of the record, Unix ms. */
  readonly timestampMs: number;
  /** Its key. */
  readonly key: Uint8Array | null;
  /** Its headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its value, unless valueOmitted. */
  readonly value: Uint8Array | null;
  /** Whether there is a value that was too large to be kept here; it is at its source until retention takes it. */
  readonly valueOmitted: boolean;
}

/** The schema of {@link Reject}, without its comments. */
export const REJECT_SCHEMA = {
  type: 'record',
  name: 'Reject',
  namespace: 'tandem',
  fields: [
    { name: 'by', type: 'string' },
    { name: 'reason', type: 'string' },
    { name: 'detail', type: 'string' },
    { name: 'sourceTopic', type: 'string' },
    { name: 'sourcePartition', type: 'int' },
    { name: 'sourceOffset', type: 'long' },
    { name: 'timestampMs', type: 'long' },
    { name: 'key', type: ['null', 'bytes'] },
    { name: 'headers', type: { type: 'map', values: 'string' } },
    { name: 'value', type: ['null', 'bytes'] },
    { name: 'valueOmitted', type: 'boolean' },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const REJECT_FINGERPRINT = '78b32ad1eee4e8ef';
