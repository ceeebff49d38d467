/* Made from proto/avro/forgotten.avsc by tools/generate-avro.mjs. Do not edit. */

/** What is left of the clusters a partition has forgotten, because they were vacant for long. Topic clusters (compacted; header kind: forgotten), key //forgotten; //forgotten/heartbeats of those that are elected from heartbeats. */
export interface Forgotten {
  /** The highest epoch of all of them: whoever is elected in a cluster that is not known has a later one. */
  readonly epoch: number;
}

/** The schema of {@link Forgotten}, without its comments. */
export const FORGOTTEN_SCHEMA = {
  type: 'record',
  name: 'Forgotten',
  namespace: 'tandem',
  fields: [{ name: 'epoch', type: 'long' }],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const FORGOTTEN_FINGERPRINT = '95d146d0165121fa';
