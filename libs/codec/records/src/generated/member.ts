/* Made from proto/avro/member.avsc by tools/generate-avro.mjs. Do not edit. */

/** An instance of the alerts service that lives, told every half second. Topic members (compacted), key alerts cluster/name; a tombstone when it stops. */
export interface Member {
  /** Name of the instance; its place among the others is by it. */
  readonly name: string;
  /** Tells one life of the instance from the next. */
  readonly life: string;
  /** Advertised cluster address, host:port. */
  readonly address: string;
  /** Hash of its configuration. */
  readonly configHash: string;
  /** Version of the program. */
  readonly version: string;
  /** When it started, Unix ms. */
  readonly startedAtMs: number;
  /** When it sent this by its own clock, Unix ms: the append time says how far that is from the log's. */
  readonly sentAtMs: number;
}

/** The schema of {@link Member}, without its comments. */
export const MEMBER_SCHEMA = {
  type: 'record',
  name: 'Member',
  namespace: 'tandem',
  fields: [
    { name: 'name', type: 'string' },
    { name: 'life', type: 'string' },
    { name: 'address', type: 'string' },
    { name: 'configHash', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'startedAtMs', type: 'long' },
    { name: 'sentAtMs', type: 'long' },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const MEMBER_FINGERPRINT = 'a778520824be06ec';
