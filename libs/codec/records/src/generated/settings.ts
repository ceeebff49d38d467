/* Made from proto/avro/settings.avsc by tools/generate-avro.mjs. Do not edit. */

/** Settings that bear on decisions. In a partition of samples (header kind: settings) they take their place among the records; in commands (same header) it is written down what came of it. Key //settings. */
export interface Settings {
  /** The instance of dedup whose configuration they are. */
  readonly instance: string;
  /** When it read that configuration, Unix ms on its clock. */
  readonly readAtMs: number;
  /** Of json, 16 hexadecimal digits: the same settings have the same one. */
  readonly hash: string;
  /** The settings, with keys in order. */
  readonly json: string;
  /** What came of it: first, applied, renewed, unchanged, older; null while it is on its way. A reader copes with others. */
  readonly outcome: string | null;
  /** Partition of samples in which they are in force; null on the way. */
  readonly sourcePartition: number | null;
  /** Offset of samples from which on records are judged by them; null on the way, or where they are not. */
  readonly fromOffset: number | null;
}

/** The schema of {@link Settings}, without its comments. */
export const SETTINGS_SCHEMA = {
  type: 'record',
  name: 'Settings',
  namespace: 'tandem',
  fields: [
    { name: 'instance', type: 'string' },
    { name: 'readAtMs', type: 'long' },
    { name: 'hash', type: 'string' },
    { name: 'json', type: 'string' },
    { name: 'outcome', type: ['null', 'string'], default: null },
    { name: 'sourcePartition', type: ['null', 'int'], default: null },
    { name: 'fromOffset', type: ['null', 'long'], default: null },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const SETTINGS_FINGERPRINT = '7265f12263d2f7c8';
