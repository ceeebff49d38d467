/* Made from proto/avro/notification-decision.avsc by tools/generate-avro.mjs. Do not edit. */

/** How a flush of a group ended, and why. Topic notifications, key group key:receiver/integration/index; group key:receiver where it ended for all integrations at once. */
export interface NotificationDecision {
  /** Name of the alerts cluster. */
  readonly cluster: string;
  /** Name of the instance that decided. */
  readonly instance: string;
  /** One life of the instance: with the sequence it tells a record that is there twice. */
  readonly writer: string;
  /** Counts the decisions a writer has written, from 1. */
  readonly sequence: number;
  /** Time of the tick, Unix ms. */
  readonly tickMs: number;
  /** When the flush began, Unix ms: later than its tick where that was made up for. */
  readonly beganAtMs: number;
  /** When it ended, Unix ms. */
  readonly decidedAtMs: number;
  /** Place of the instance among the live ones; null: it ended before it was asked. */
  readonly position: number | null;
  /** How long it waited for the instances before it, ms. */
  readonly waitedMs: number;
  /** Key of the group. */
  readonly groupKey: string;
  /** Labels of the group. */
  readonly groupLabels: Readonly<Record<string, string>>;
  /** Name of the receiver. */
  readonly receiver: string;
  /** Type of the integration; null: all of the receiver. */
  readonly integration: string | null;
  /** Its place among those of its type in the receiver; null: all of the receiver. */
  readonly index: number | null;
  /** sent, skipped, suppressed, failed, held or stopped. */
  readonly outcome: string;
  /** Why, in a few words that are always the same. */
  readonly reason: string;
  /** What the receiver answered, or the error; cut. */
  readonly detail: string;
  /** Time between two ticks of the group, ms. */
  readonly groupIntervalMs: number;
  /** After which the same is told again, ms. */
  readonly repeatIntervalMs: number;
  /** When the target had last been told before, Unix ms; null: never, or not asked. */
  readonly lastToldAtMs: number | null;
  /** Instance that had the claim to the target; null: nobody, as far as was asked. */
  readonly claimHolder: string | null;
  /** The log was away: it was sent without a claim, and may have been sent by others too. */
  readonly failOpen: boolean;
  /** How often sending was tried. */
  readonly attempts: number;
  /** The first attempts and the last ones. */
  readonly answers: readonly {
    readonly attempt: number;
    readonly atMs: number;
    readonly durationMs: number;
    readonly outcome: string;
    readonly reason: string;
    readonly message: string;
  }[];
  /** Alerts of the group that were firing, suppressed ones included. */
  readonly firing: number;
  /** Alerts of the group that were resolved, suppressed ones included. */
  readonly resolved: number;
  /** Alerts that were kept back. */
  readonly suppressed: number;
  /** The alerts of the group, those that were kept back first; the others by the order of a notification. */
  readonly alerts: readonly {
    readonly fingerprint: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly resolved: boolean;
    readonly silencedBy: readonly string[];
    readonly inhibitedBy: string | null;
    readonly inhibitRule: string | null;
  }[];
  /** How many alerts there is no room for above. */
  readonly alertsCut: number;
  /** Time intervals that muted, or none of which was active, all alerts that were not inhibited. */
  readonly mutedBy: readonly string[];
  /** How often the instance had decided the same as in its record before, of the same target, without writing it down. */
  readonly repeats: number;
  /** When it last had, Unix ms; null: never. */
  readonly lastRepeatMs: number | null;
}

/** The schema of {@link NotificationDecision}, without its comments. */
export const NOTIFICATION_DECISION_SCHEMA = {
  type: 'record',
  name: 'NotificationDecision',
  namespace: 'tandem',
  fields: [
    { name: 'cluster', type: 'string' },
    { name: 'instance', type: 'string' },
    { name: 'writer', type: 'string' },
    { name: 'sequence', type: 'long' },
    { name: 'tickMs', type: 'long' },
    { name: 'beganAtMs', type: 'long' },
    { name: 'decidedAtMs', type: 'long' },
    { name: 'position', type: ['null', 'int'] },
    { name: 'waitedMs', type: 'long' },
    { name: 'groupKey', type: 'string' },
    { name: 'groupLabels', type: { type: 'map', values: 'string' } },
    { name: 'receiver', type: 'string' },
    { name: 'integration', type: ['null', 'string'] },
    { name: 'index', type: ['null', 'int'] },
    { name: 'outcome', type: 'string' },
    { name: 'reason', type: 'string' },
    { name: 'detail', type: 'string' },
    { name: 'groupIntervalMs', type: 'long' },
    { name: 'repeatIntervalMs', type: 'long' },
    { name: 'lastToldAtMs', type: ['null', 'long'] },
    { name: 'claimHolder', type: ['null', 'string'] },
    { name: 'failOpen', type: 'boolean' },
    { name: 'attempts', type: 'int' },
    {
      name: 'answers',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Answer',
          fields: [
            { name: 'attempt', type: 'int' },
            { name: 'atMs', type: 'long' },
            { name: 'durationMs', type: 'long' },
            { name: 'outcome', type: 'string' },
            { name: 'reason', type: 'string' },
            { name: 'message', type: 'string' },
          ],
        },
      },
    },
    { name: 'firing', type: 'int' },
    { name: 'resolved', type: 'int' },
    { name: 'suppressed', type: 'int' },
    {
      name: 'alerts',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'DecidedAlert',
          fields: [
            { name: 'fingerprint', type: 'string' },
            { name: 'labels', type: { type: 'map', values: 'string' } },
            { name: 'resolved', type: 'boolean' },
            { name: 'silencedBy', type: { type: 'array', items: 'string' } },
            { name: 'inhibitedBy', type: ['null', 'string'] },
            { name: 'inhibitRule', type: ['null', 'string'] },
          ],
        },
      },
    },
    { name: 'alertsCut', type: 'int' },
    { name: 'mutedBy', type: { type: 'array', items: 'string' } },
    { name: 'repeats', type: 'long' },
    { name: 'lastRepeatMs', type: ['null', 'long'] },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const NOTIFICATION_DECISION_FINGERPRINT = '589c685b55dfff8a';
