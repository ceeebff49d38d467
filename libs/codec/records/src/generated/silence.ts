/* Made from proto/avro/silence.avsc by tools/generate-avro.mjs. Do not edit. */

/** A silence. Topic silences (compacted), key alerts cluster/id. */
export interface Silence {
  /** UUID. */
  readonly id: string;
  /** It holds for alerts that fulfil all matchers of any set. */
  readonly matcherSets: readonly (readonly {
    readonly type: string;
    readonly name: string;
    readonly value: string;
  }[])[];
  /** From when on it holds, Unix ms. */
  readonly startsAtMs: number;
  /** Until when it holds, Unix ms. */
  readonly endsAtMs: number;
  /** When it was last changed, Unix ms: of two versions the later one holds. */
  readonly updatedAtMs: number;
  /** Who asked for it. */
  readonly createdBy: string;
  /** Why. */
  readonly comment: string;
  /** What else is said of it. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The schema of {@link Silence}, without its comments. */
export const SILENCE_SCHEMA = {
  type: 'record',
  name: 'Silence',
  namespace: 'tandem',
  fields: [
    { name: 'id', type: 'string' },
    {
      name: 'matcherSets',
      type: {
        type: 'array',
        items: {
          type: 'array',
          items: {
            type: 'record',
            name: 'SilenceMatcher',
            fields: [
              { name: 'type', type: 'string' },
              { name: 'name', type: 'string' },
              { name: 'value', type: 'string' },
            ],
          },
        },
      },
    },
    { name: 'startsAtMs', type: 'long' },
    { name: 'endsAtMs', type: 'long' },
    { name: 'updatedAtMs', type: 'long' },
    { name: 'createdBy', type: 'string' },
    { name: 'comment', type: 'string' },
    { name: 'annotations', type: { type: 'map', values: 'string' } },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const SILENCE_FINGERPRINT = '680bbb25bbf19682';
