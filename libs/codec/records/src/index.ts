export {
  AvroRecord,
  type AvroRecordOptions,
  type AvroResult,
  type AvroSchema,
  type EncodedRecord,
} from './avro-record.ts';
export {
  alertRecord,
  clusterRecord,
  commandRecord,
  electionRecord,
  heartbeatRecord,
  ledgerRowRecord,
  memberRecord,
  notificationEntryRecord,
  rejectRecord,
  settingsInForceRecord,
  settingsRecord,
  silenceRecord,
  tallyRecord,
} from './avro-records.ts';
export { decodeDecisionOutline, type DecisionOutline } from './decision-outline.ts';
export { type Alert } from './generated/alert.ts';
export { type AlertGroup } from './generated/alert-group.ts';
export { type Barrier } from './generated/barrier.ts';
export { type Cluster } from './generated/cluster.ts';
export { type Command } from './generated/command.ts';
export { type Election } from './generated/election.ts';
export { type Forgotten } from './generated/forgotten.ts';
export { type Heartbeat } from './generated/heartbeat.ts';
export { type LedgerRow } from './generated/ledger-row.ts';
export { type Member } from './generated/member.ts';
export { type NotificationClaim } from './generated/notification-claim.ts';
export { type NotificationDecision } from './generated/notification-decision.ts';
export { type NotificationEntry } from './generated/notification-entry.ts';
export { type Reject } from './generated/reject.ts';
export { type SettingsInForce } from './generated/settings-in-force.ts';
export { type Sender } from './generated/sender.ts';
export { type Settings } from './generated/settings.ts';
export { type Shard } from './generated/shard.ts';
export { type Silence } from './generated/silence.ts';
export { type Tally } from './generated/tally.ts';
export { type HeaderProblem, type HeaderResult } from './header-reader.ts';
export {
  alertsKey,
  clusterId,
  clusterKey,
  forgottenKey,
  forgottenScope,
  senderId,
  senderKey,
  settingsKey,
  settingsScope,
  shardId,
  shardKey,
  tenantKey,
  unpairedKey,
  type SettingsScope,
} from './keys.ts';
export {
  alertGroupRecord,
  barrierRecord,
  forgottenRecord,
  notificationClaimRecord,
  notificationDecisionRecord,
  senderRecord,
  shardRecord,
} from './kinds.ts';
export {
  COMMAND_KIND,
  decodeDedupedHeaders,
  decodeSamplesHeaders,
  encodeDedupedHeaders,
  encodeSamplesHeaders,
  HEADER,
  isBody,
  isCommand,
  isSettings,
  MAX_DOWN_TARGETS,
  SETTINGS_KIND,
  type BodyProtocol,
  type DedupedHeaders,
  type HaPair,
  type SamplesHeaders,
  type SampleSpan,
} from './samples-headers.ts';
export { spreadTable, type ShardsOf, type SpreadCluster } from './spread.ts';
export { encodeWatermark, isWatermark, watermarkOf } from './watermark.ts';
export { isReadableVersion, RECORD_VERSION } from './versions.ts';
