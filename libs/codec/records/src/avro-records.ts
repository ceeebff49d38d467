import { Buffer } from 'node:buffer';

import { AvroRecord, type AvroResult, type AvroSchema, type EncodedRecord } from './avro-record.ts';
import { ALERT_FINGERPRINT, ALERT_SCHEMA, type Alert } from './generated/alert.ts';
import { CLUSTER_FINGERPRINT, CLUSTER_SCHEMA, type Cluster } from './generated/cluster.ts';
import { COMMAND_FINGERPRINT, COMMAND_SCHEMA, type Command } from './generated/command.ts';
import { ELECTION_FINGERPRINT, ELECTION_SCHEMA, type Election } from './generated/election.ts';
import { HEARTBEAT_FINGERPRINT, HEARTBEAT_SCHEMA, type Heartbeat } from './generated/heartbeat.ts';
import { LEDGER_ROW_FINGERPRINT, LEDGER_ROW_SCHEMA, type LedgerRow } from './generated/ledger-row.ts';
import { MEMBER_FINGERPRINT, MEMBER_SCHEMA, type Member } from './generated/member.ts';
import {
  NOTIFICATION_ENTRY_FINGERPRINT,
  NOTIFICATION_ENTRY_SCHEMA,
  type NotificationEntry,
} from './generated/notification-entry.ts';
import { REJECT_FINGERPRINT, REJECT_SCHEMA, type Reject } from './generated/reject.ts';
import {
  SETTINGS_IN_FORCE_FINGERPRINT,
  SETTINGS_IN_FORCE_SCHEMA,
  type SettingsInForce,
} from './generated/settings-in-force.ts';
import { SETTINGS_FINGERPRINT, SETTINGS_SCHEMA, type Settings } from './generated/settings.ts';
import { SILENCE_FINGERPRINT, SILENCE_SCHEMA, type Silence } from './generated/silence.ts';
import { TALLY_FINGERPRINT, TALLY_SCHEMA, type Tally } from './generated/tally.ts';
import { HEADER, SETTINGS_KIND } from './samples-headers.ts';

/** Records of the topic `elections`. */
export const electionRecord = new AvroRecord<Election>({ schema: ELECTION_SCHEMA, fingerprint: ELECTION_FINGERPRINT });

/** Records of the topic `clusters`. */
export const clusterRecord = new AvroRecord<Cluster>({ schema: CLUSTER_SCHEMA, fingerprint: CLUSTER_FINGERPRINT });

/** Records of the topic `commands`, and commands in `samples`. */
export const commandRecord = new AvroRecord<Command>({ schema: COMMAND_SCHEMA, fingerprint: COMMAND_FINGERPRINT });

/** Settings in `samples`, and in `commands` with what came of them. */
export const settingsRecord = ofSettings<Settings>({ schema: SETTINGS_SCHEMA, fingerprint: SETTINGS_FINGERPRINT });

/** The settings of a partition in `clusters`. */
export const settingsInForceRecord = ofSettings<SettingsInForce>({
  schema: SETTINGS_IN_FORCE_SCHEMA,
  fingerprint: SETTINGS_IN_FORCE_FINGERPRINT,
});

/** Records of the topic `ledger`. */
export const ledgerRowRecord = new AvroRecord<LedgerRow>({
  schema: LEDGER_ROW_SCHEMA,
  fingerprint: LEDGER_ROW_FINGERPRINT,
});

/** Records of the topic `tallies`. */
export const tallyRecord = new AvroRecord<Tally>({ schema: TALLY_SCHEMA, fingerprint: TALLY_FINGERPRINT });

/** Records of the topic `heartbeats`, commands apart. */
export const heartbeatRecord = new AvroRecord<Heartbeat>({
  schema: HEARTBEAT_SCHEMA,
  fingerprint: HEARTBEAT_FINGERPRINT,
});

/** Alerts in the topic `alerts`. */
export const alertRecord = new AvroRecord<Alert>({ schema: ALERT_SCHEMA, fingerprint: ALERT_FINGERPRINT });

/** Records of the topic `silences`. */
export const silenceRecord = new AvroRecord<Silence>({ schema: SILENCE_SCHEMA, fingerprint: SILENCE_FINGERPRINT });

/** Entries in the topic `nflog`. */
export const notificationEntryRecord = new AvroRecord<NotificationEntry>({
  schema: NOTIFICATION_ENTRY_SCHEMA,
  fingerprint: NOTIFICATION_ENTRY_FINGERPRINT,
});

/** Records of the topic `members`. */
export const memberRecord = new AvroRecord<Member>({ schema: MEMBER_SCHEMA, fingerprint: MEMBER_FINGERPRINT });

const reject = new AvroRecord<Reject>({ schema: REJECT_SCHEMA, fingerprint: REJECT_FINGERPRINT });

/** Room a reject needs around the record it carries, bytes. */
const REJECT_MARGIN_BYTES = 4096;
const MAX_DETAIL = 1000;

/** Records of the topic `rejects`. */
export const rejectRecord = {
  /** The value is left out, and that said, where the record would be larger than `maxBytes`. */
  encode(value: Omit<Reject, 'valueOmitted'>, maxBytes: number): EncodedRecord {
    const size = (value.value?.length ?? 0) + (value.key?.length ?? 0) + sizeOf(value.headers) + REJECT_MARGIN_BYTES;
    const valueOmitted = value.value !== null && size > maxBytes;
    return reject.encode({
      ...value,
      detail: value.detail.slice(0, MAX_DETAIL),
      key: bufferOf(value.key),
      value: valueOmitted ? null : bufferOf(value.value),
      valueOmitted,
    });
  },
  /** Reads a record of this version or one beside it. */
  decode(record: Parameters<typeof reject.decode>[0]): AvroResult<Reject> {
    return reject.decode(record);
  },
};

/** Records among those of another schema, told by their header. */
function ofSettings<T>(schema: AvroSchema): Pick<AvroRecord<T>, 'encode' | 'decode'> {
  const record = new AvroRecord<T>(schema);
  return {
    encode: (value) => {
      const { value: bytes, headers } = record.encode(value);
      return { value: bytes, headers: { ...headers, [HEADER.kind]: SETTINGS_KIND } };
    },
    decode: (encoded) => record.decode(encoded),
  };
}

function sizeOf(headers: Reject['headers']): number {
  return Object.entries(headers).reduce((size, [name, value]) => size + 3 * (name.length + value.length) + 20, 0);
}

function bufferOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
