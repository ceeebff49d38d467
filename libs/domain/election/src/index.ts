export {
  type ClusterState,
  type ElectedState,
  type ReplicaSight,
  type Sighting,
  type VacantState,
} from './cluster-state.ts';
export {
  decide,
  obey,
  type AcceptReason,
  type CommandOutcome,
  type Decision,
  type DropReason,
  type Election,
  type ElectionEffect,
  type ElectionInput,
  type Obedience,
  type OperatorCommand,
  type RecordInput,
  type SweepInput,
} from './decide.ts';
export {
  ElectionTable,
  SWEEP_INTERVAL_MS,
  type ClusterEntry,
  type ElectionTableOptions,
  type JudgedRecord,
  type ForgottenCluster,
  type VacatedCluster,
} from './election-table.ts';
export { failoverTimeoutMs } from './failover-timeout.ts';
export { FILL_TERM_MS, FillPlan, type FillOccasion, type FillPlanState, type FillStep } from './fill/fill-plan.ts';
export { DEFAULT_FILL_SETTINGS, type FillSettings, type FillUp } from './fill/fill-settings.ts';
export { EndGrid } from './end-grid.ts';
export { type FillJudge, type FillSample, type FillSource, type FillVisitor } from './fill/fill-sample.ts';
export { FillTable } from './fill/fill-table.ts';
export { TargetWatch, type DownReport, type TargetRecord, type WatchedTargets } from './fill/target-watch.ts';
export { jitterMs } from './jitter.ts';
export {
  checkLeaseRequest,
  checkPurgeRequest,
  isExpiredFor,
  decideLease,
  parseLease,
  type LeaseOperation,
  type LeaseRequest,
} from './lease-decision.ts';
export {
  LeaseStoreError,
  type Lease,
  type LeaseClaim,
  type LeaseListener,
  type LeaseOutcome,
  type LeaseRefusal,
  type LeaseStore,
} from './lease.ts';
export { isElectable, MAX_REPLICA_BYTES } from './pair.ts';
export { EVALUATION_INTERVAL_MS, NO_HEALTH, type HealthRecord, type ReplicaHealth } from './replica-health.ts';
export { scoresOf, type ReplicaScore, type ScoreDetail } from './score.ts';
export { SEND_SKEW_MS, SeamTable, type Orphan, type SeamFindings, type SeamSample } from './seam-table.ts';
export {
  checkElectionSettings,
  DEFAULT_ELECTION_SETTINGS,
  DEFAULT_LEARNED_TIMEOUT,
  settingsResolver,
  type ElectionOverride,
  type ElectionSettings,
  type HandoverSettings,
  type LearnedTimeout,
  type SettingsProblem,
} from './settings.ts';
export { settingsOutcome, type SettingsOutcome, type SettingsStamp } from './settings-succession.ts';
export {
  SenderWatch,
  WATCH_WINDOW_MS,
  type SenderReport,
  type SenderVerdict,
  type WatchedRecord,
} from './sender-watch.ts';
export { ScrapeSteps, type ReplicaSteps, type SteppingRecord } from './scrape-steps.ts';
export {
  decideShard,
  DOUBT_MS,
  UNHEARD_SHARD,
  withoutDoubt,
  type BarrierInput,
  type FollowingShard,
  type ShardDecision,
  type ShardDoubt,
  type ShardDropReason,
  type ShardInput,
  type ShardState,
  type WaitingShard,
} from './shard-state.ts';
export { Watermark, type PassedSamples, type WatermarkHold, type WatermarkSettings } from './watermark.ts';
export {
  MAX_UNPAIRED,
  UNPAIRED_SILENT_MS,
  UnpairedSenders,
  unpairedVerdict,
  type UnpairedSender,
  type UnpairedVerdict,
} from './unpaired-senders.ts';
export { type Distances } from './shared-sender.ts';
