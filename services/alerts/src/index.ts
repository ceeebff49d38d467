export { apiRoutes, COMPATIBLE_VERSION, type ApiOptions } from './api/api-routes.ts';
export { createAlerts } from './alerts.ts';
export {
  type AlertsConfig,
  type AlertsInstance,
  type AlertsLog,
  type AlertsObserver,
  type AlertsOptions,
  type AlertsService,
  type AlertsSettings,
  type AlertsTiming,
  type AlertsTopics,
  type ImportTopic,
  type ImportTopics,
} from './alerts-options.ts';
export {
  type AlertSuppression,
  type ApiBackend,
  type ConfigInForce,
  type ExpireSilenceOutcome,
  type SetSilenceOutcome,
} from './api/backend.ts';
export { type AlertsClock } from './clock.ts';
export { Dispatcher, type DispatcherOptions } from './dispatch/dispatcher.ts';
export { type BegunFlush, type FlushContext } from './dispatch/flush-group.ts';
export { type NotificationLog } from './notify/notification-log.ts';
export { type FlushObserver, type FlushPassage, type TargetFlush, type TargetOutcome } from './notify/target-flush.ts';
export { DecisionLog, type DecisionLogOptions } from './decisions/decision-log.ts';
export { CLUSTER_METRICS } from './metrics/cluster.ts';
export { DISPATCHER_METRICS } from './metrics/dispatcher.ts';
export { INTAKE_METRICS } from './metrics/intake.ts';
export { SILENCE_METRICS } from './metrics/silences.ts';
export { HTTP_METRICS } from './metrics/http.ts';
export { NFLOG_METRICS } from './metrics/nflog.ts';
export { DecisionTopic, type DecisionTopicOptions, type FoundDecisions } from './decisions/decision-topic.ts';
export { notificationRoutes, type NotificationRoutesOptions } from './decisions/notification-routes.ts';
export { measuredNotificationLog } from './notify/measured-notification-log.ts';
export { CONFIGURATION_METRICS } from './metrics/configuration.ts';
export { isWanted, type DecisionFilter } from './decisions/decision-filter.ts';
export { decisionJson } from './decisions/decision-json.ts';
export { decisionInWords } from './decisions/decision-words.ts';
export { readFilter, type WrittenFilter } from './decisions/read-filter.ts';
export { snapshotImport, type SnapshotImport, type SnapshotImportOptions } from './import/snapshot-import.ts';
export { IMPORT_METRICS } from './metrics/import.ts';
export { NOTIFICATION_METRICS, NotificationMetrics } from './metrics/notifications.ts';
