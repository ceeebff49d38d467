/* Made from proto/avro/sender.avsc by tools/generate-avro.mjs. Do not edit. */

/** A sender whose series are of no pair, because it lacks one of the two labels. In samples (header kind: sender, key tenant) ingest says that it was heard; in clusters (same header, key tenant//sender/…) it stands for as long as it is. */
export interface Sender {
  /** Tenant of the sender. */
  readonly tenant: string;
  /** Value of its cluster label; null: it has none. */
  readonly cluster: string | null;
  /** Value of its replica label; null: it has none. */
  readonly replica: string | null;
  /** Since when it is heard so: log time in clusters, ingest's clock in samples, Unix ms. */
  readonly sinceMs: number;
  /** When it was heard last, as sinceMs; in clusters some minutes late. */
  readonly heardAtMs: number;
}

/** The schema of {@link Sender}, without its comments. */
export const SENDER_SCHEMA = {
  type: 'record',
  name: 'Sender',
  namespace: 'tandem',
  fields: [
    { name: 'tenant', type: 'string' },
    { name: 'cluster', type: ['null', 'string'] },
    { name: 'replica', type: ['null', 'string'] },
    { name: 'sinceMs', type: 'long' },
    { name: 'heardAtMs', type: 'long' },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const SENDER_FINGERPRINT = 'd34c7b10746e3124';
