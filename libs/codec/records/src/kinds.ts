import { type RecordHeaders } from '@tandem/stream';

import { AvroRecord, type AvroResult, type EncodedRecord } from './avro-record.ts';
import { ALERT_GROUP_FINGERPRINT, ALERT_GROUP_SCHEMA, type AlertGroup } from './generated/alert-group.ts';
import { BARRIER_FINGERPRINT, BARRIER_SCHEMA, type Barrier } from './generated/barrier.ts';
import { FORGOTTEN_FINGERPRINT, FORGOTTEN_SCHEMA, type Forgotten } from './generated/forgotten.ts';
import {
  NOTIFICATION_CLAIM_FINGERPRINT,
  NOTIFICATION_CLAIM_SCHEMA,
  type NotificationClaim,
} from './generated/notification-claim.ts';
import {
  NOTIFICATION_DECISION_FINGERPRINT,
  NOTIFICATION_DECISION_SCHEMA,
  type NotificationDecision,
} from './generated/notification-decision.ts';
import { SENDER_FINGERPRINT, SENDER_SCHEMA, type Sender } from './generated/sender.ts';
import { SHARD_FINGERPRINT, SHARD_SCHEMA, type Shard } from './generated/shard.ts';
import { HEADER } from './samples-headers.ts';

/** Avro records among others of their topic, told by the header `kind`. */
class KindRecord<T> {
  readonly #kind: string;
  readonly #record: AvroRecord<T>;

  constructor(kind: string, record: AvroRecord<T>) {
    this.#kind = kind;
    this.#record = record;
  }

  /** Whether a record is of this kind. */
  is(headers: RecordHeaders): boolean {
    return headers[HEADER.kind] === this.#kind;
  }

  /** The record's value, and its headers with the kind. */
  encode(value: T): EncodedRecord {
    const { value: bytes, headers } = this.#record.encode(value);
    return { value: bytes, headers: { ...headers, [HEADER.kind]: this.#kind } };
  }

  /** Reads a record of this version or one beside it. */
  decode(record: Parameters<AvroRecord<T>['decode']>[0]): AvroResult<T> {
    return this.#record.decode(record);
  }
}

/** Barriers: elections of spread clusters, in band in `samples`. */
export const barrierRecord = new KindRecord(
  'barrier',
  new AvroRecord<Barrier>({ schema: BARRIER_SCHEMA, fingerprint: BARRIER_FINGERPRINT }),
);

/** Senders whose series are of no pair: as ingest hears them in `samples`, as they stand in `clusters`. */
export const senderRecord = new KindRecord(
  'sender',
  new AvroRecord<Sender>({ schema: SENDER_SCHEMA, fingerprint: SENDER_FINGERPRINT }),
);

/** What is left of clusters that were forgotten, in `clusters`. */
export const forgottenRecord = new KindRecord(
  'forgotten',
  new AvroRecord<Forgotten>({ schema: FORGOTTEN_SCHEMA, fingerprint: FORGOTTEN_FINGERPRINT }),
);

/** What the shards of spread clusters follow, in `clusters`. */
export const shardRecord = new KindRecord(
  'shard',
  new AvroRecord<Shard>({ schema: SHARD_SCHEMA, fingerprint: SHARD_FINGERPRINT }),
);

/** Groups of alerts, in `alerts`. */
export const alertGroupRecord = new KindRecord(
  'group',
  new AvroRecord<AlertGroup>({ schema: ALERT_GROUP_SCHEMA, fingerprint: ALERT_GROUP_FINGERPRINT }),
);

/** Claims, in `nflog`. */
export const notificationClaimRecord = new KindRecord(
  'claim',
  new AvroRecord<NotificationClaim>({ schema: NOTIFICATION_CLAIM_SCHEMA, fingerprint: NOTIFICATION_CLAIM_FINGERPRINT }),
);

/** What became of flushes, in `notifications`. */
export const notificationDecisionRecord = new KindRecord(
  'decision',
  new AvroRecord<NotificationDecision>({
    schema: NOTIFICATION_DECISION_SCHEMA,
    fingerprint: NOTIFICATION_DECISION_FINGERPRINT,
  }),
);
