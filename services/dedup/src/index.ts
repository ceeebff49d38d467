export { type ClusterName } from './cluster-records.ts';
export { dedupSection, dedupSettings, type DedupConfig, type DedupEnvironment } from './config.ts';
export { createDedup, type DedupOptions, type DedupService } from './dedup.ts';
export { DEDUP_METRICS } from './metrics.ts';
export { readCommand, type ReceivedCommand } from './operator-commands.ts';
export { dedupTopics, type DedupSettings, type DedupTopics } from './settings.ts';
export { type ClusterStatus, type DedupStatus, type PartitionStatus } from './status.ts';
