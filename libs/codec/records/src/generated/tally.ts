/* Made from proto/avro/tally.avsc by tools/generate-avro.mjs. Do not edit. */

/** What one transaction counted, until it is in the ledger. Topic tallies, no key. */
export interface Tally {
  /** Everything below this offset of samples is in the ledger. */
  readonly generation: number;
  /** How many tallies there are before this one of this generation. */
  readonly index: number;
  /** To be added to those before. */
  readonly rows: readonly {
    readonly tenant: string;
    readonly cluster: string | null;
    readonly replica: string | null;
    readonly minuteMs: number;
    readonly epoch: number | null;
    readonly records: number;
    readonly samples: number;
    readonly emitted: number;
    readonly caughtUp: number;
    readonly filled: number;
    readonly markers: number;
    readonly held: number;
    readonly dropped: Readonly<Record<string, number>>;
    readonly widestSeamMs: number;
  }[];
  /** Of seams that were read in this transaction. */
  readonly lanes: readonly { readonly cluster: string; readonly epoch: number; readonly through: number }[];
}

/** The schema of {@link Tally}, without its comments. */
export const TALLY_SCHEMA = {
  type: 'record',
  name: 'Tally',
  namespace: 'tandem',
  fields: [
    { name: 'generation', type: 'long' },
    { name: 'index', type: 'int' },
    {
      name: 'rows',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'TallyRow',
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
          ],
        },
      },
    },
    {
      name: 'lanes',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'LaneProgress',
          fields: [
            { name: 'cluster', type: 'string' },
            { name: 'epoch', type: 'long' },
            { name: 'through', type: 'long' },
          ],
        },
      },
    },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const TALLY_FINGERPRINT = '07b2f033e69d6c61';
