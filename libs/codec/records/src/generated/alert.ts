/* Made from proto/avro/alert.avsc by tools/generate-avro.mjs. Do not edit. */

/** An alert as it stands, what was known of it included. Topic alerts (compacted), key alerts cluster/fingerprint. */
export interface Alert {
  /** What the alert is. */
  readonly labels: Readonly<Record<string, string>>;
  /** What is said of it. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Since when it fires, Unix ms. */
  readonly startsAtMs: number;
  /** From when on it is resolved, Unix ms. */
  readonly endsAtMs: number;
  /** When it was last received, Unix ms. */
  readonly updatedAtMs: number;
  /** Whether its end was not posted but is resolve_timeout after it was received. */
  readonly timeout: boolean;
  /** Link to what raised it; empty where none was posted. */
  readonly generatorUrl: string;
  /** Name of the instance that received it. */
  readonly receivedBy: string;
}

/** The schema of {@link Alert}, without its comments. */
export const ALERT_SCHEMA = {
  type: 'record',
  name: 'Alert',
  namespace: 'tandem',
  fields: [
    { name: 'labels', type: { type: 'map', values: 'string' } },
    { name: 'annotations', type: { type: 'map', values: 'string' } },
    { name: 'startsAtMs', type: 'long' },
    { name: 'endsAtMs', type: 'long' },
    { name: 'updatedAtMs', type: 'long' },
    { name: 'timeout', type: 'boolean' },
    { name: 'generatorUrl', type: 'string' },
    { name: 'receivedBy', type: 'string' },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const ALERT_FINGERPRINT = 'cc8a5e928bd4c89f';
