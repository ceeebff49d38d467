/* Made from proto/avro/ledger-row.avsc by tools/generate-avro.mjs. Do not edit. */

/** What became of what a replica sent in a minute: a part of it, to be added to the others of the same cluster, minute, replica and epoch (widestSeamMs: the largest). Topic ledger, key tenant/cluster. */
export interface LedgerRow {
  /** Tenant. */
  readonly tenant: string;
  /** Value of the cluster label; null: series of no pair. */
  readonly cluster: string | null;
  /** Value of the replica label; null: series of no pair. */
  readonly replica: string | null;
  /** The minute, Unix ms: in which the records were appended to samples, whenever they were processed. */
  readonly minuteMs: number;
  /** The election at whose seam the records were read again; null: as they came. */
  readonly epoch: number | null;
  /** Records received. */
  readonly records: number;
  /** Samples and native histograms received. */
  readonly samples: number;
  /** Of them, and of the stale markers, those that came out. */
  readonly emitted: number;
  /** Of the emitted: read again at a seam; a standby's when they came, and dropped as such. */
  readonly caughtUp: number;
  /** Of the emitted: let through by fills; of a standby, dropped as such when they came, or of the elected replica, having waited and dropped as fill. */
  readonly filled: number;
  /** Of the emitted: stale markers of series that the new replica does not have. */
  readonly markers: number;
  /** Of those dropped at a seam: a counter below the value before. */
  readonly held: number;
  /** Samples that went no further, by reason: the words of tandem_dedup_dropped_samples_total. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Widest distance between two samples of a series at a seam, ms; 0: none. */
  readonly widestSeamMs: number;
  /** Partition of samples. */
  readonly sourcePartition: number;
  /** Everything below this offset of it is in the rows up to this one. */
  readonly throughOffset: number;
}

/** The schema of {@link LedgerRow}, without its comments. */
export const LEDGER_ROW_SCHEMA = {
  type: 'record',
  name: 'LedgerRow',
  namespace: 'tandem',
  fields: [
    { name: 'tenant', type: 'string' },
    { name: 'cluster', type: ['null', 'string'] },
    { name: 'replica', type: ['null', 'string'] },
    { name: 'minuteMs', type: 'long' },
    { name: 'epoch', type: ['null', 'long'] },
    { name: 'records', type: 'long' },
    { name: 'samples', type: 'long' },
    { name: 'emitted', type: 'long' },
    { name: 'caughtUp', type: 'long' },
    { name: 'filled', type: 'long' },
    { name: 'markers', type: 'long' },
    { name: 'held', type: 'long' },
    { name: 'dropped', type: { type: 'map', values: 'long' } },
    { name: 'widestSeamMs', type: 'long' },
    { name: 'sourcePartition', type: 'int' },
    { name: 'throughOffset', type: 'long' },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const LEDGER_ROW_FINGERPRINT = '0c1109c168f68a6c';
