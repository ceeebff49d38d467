import { type LogRecord } from '@tandem/stream';

import { AvroRecord, type AvroResult } from './avro-record.ts';
import {
  NOTIFICATION_DECISION_FINGERPRINT,
  NOTIFICATION_DECISION_SCHEMA,
  type NotificationDecision,
} from './generated/notification-decision.ts';
import { notificationDecisionRecord } from './kinds.ts';
import { HEADER } from './samples-headers.ts';
import { RECORD_VERSION } from './versions.ts';

const FIELDS = [
  'cluster',
  'instance',
  'writer',
  'sequence',
  'decidedAtMs',
  'groupKey',
  'receiver',
  'outcome',
] as const satisfies readonly (keyof NotificationDecision)[];

/** What tells decisions from each other, without the labels, texts and answers that most of a record is. */
export type DecisionOutline = Pick<NotificationDecision, (typeof FIELDS)[number]> & {
  readonly alerts: readonly Pick<NotificationDecision['alerts'][number], 'fingerprint'>[];
};

const WHOLE = { schema: NOTIFICATION_DECISION_SCHEMA, fingerprint: NOTIFICATION_DECISION_FINGERPRINT };
const { fields, ...named } = NOTIFICATION_DECISION_SCHEMA;
const wanted: ReadonlySet<string> = new Set(FIELDS);

/** Reads whole records by a schema that has less: what it does not have is passed over. Nothing is written by it. */
const outline = new AvroRecord<DecisionOutline>({
  schema: {
    ...named,
    fields: [
      ...fields.filter(({ name }) => wanted.has(name)),
      {
        name: 'alerts',
        type: {
          type: 'array',
          items: { type: 'record', name: 'DecidedAlert', fields: [{ name: 'fingerprint', type: 'string' }] },
        },
      },
    ],
  },
  fingerprint: 'outline',
  previous: [WHOLE],
});

/** Reads the outline of a decision, in a fraction of the time that the whole takes; of another version the whole. */
export function decodeDecisionOutline(record: Pick<LogRecord, 'value' | 'headers'>): AvroResult<DecisionOutline> {
  const isOurs = record.headers[HEADER.version] === String(RECORD_VERSION);
  return isOurs ? outline.decode(record) : notificationDecisionRecord.decode(record);
}
