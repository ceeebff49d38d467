import { counter, gauge, histogram } from '@tandem/telemetry';

/** What a look into a log in memory takes, and one that waits for the log to its end, s. */
const LOOKS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Metrics of the notification log, and of what tells why. Those named `alertmanager_` mean what upstream's do. */
export const NFLOG_METRICS = {
  queries: counter({
    name: 'alertmanager_nflog_queries_total',
    help: 'Number of notification log queries were received: each reads the log to its end.',
  }),
  queryErrors: counter({
    name: 'alertmanager_nflog_query_errors_total',
    help: 'Number notification log received queries that failed: the log was away, or not read in time.',
  }),
  queryDuration: histogram({
    name: 'alertmanager_nflog_query_duration_seconds',
    help: 'Duration of notification log query evaluation, until the log is read to its end.',
    buckets: LOOKS,
  }),
  decisions: counter({
    name: 'tandem_alerts_decisions_total',
    help: 'Flushes that ended, for one integration or a whole receiver, by outcome: sent, skipped, suppressed, failed, held, stopped.',
    labels: ['outcome'],
  }),
  repeated: counter({
    name: 'tandem_alerts_decisions_repeated_total',
    help: 'Decisions that are only counted in the notifications topic, because they repeat the one before.',
  }),
  written: counter({
    name: 'tandem_alerts_decisions_written_total',
    help: 'Decisions that the notifications topic has.',
  }),
  dropped: counter({
    name: 'tandem_alerts_decisions_dropped_total',
    help: 'Decisions that the notifications topic does not have: queue-full, too-large, stopped.',
    labels: ['reason'],
  }),
  retries: counter({
    name: 'tandem_alerts_decisions_append_failures_total',
    help: 'Times decisions could not be appended; they are tried again.',
  }),
  queued: gauge({
    name: 'tandem_alerts_decisions_queued',
    help: 'Decisions that wait for the log.',
  }),
  queueCapacity: gauge({
    name: 'tandem_alerts_decisions_queue_capacity',
    help: 'Decisions that may wait for the log; more are dropped.',
  }),
  indexed: gauge({
    name: 'tandem_alerts_index_decisions',
    help: 'Decisions in the index of the notifications topic.',
  }),
  indexBytes: gauge({
    name: 'tandem_alerts_index_bytes',
    help: 'Memory of the index of the notifications topic, estimated.',
  }),
  indexOldest: gauge({
    name: 'tandem_alerts_index_oldest_timestamp_seconds',
    help: 'Time of the oldest decision in the index; 0 when there is none.',
  }),
  unreadable: counter({
    name: 'tandem_alerts_index_unreadable_records_total',
    help: 'Records of the notifications topic that cannot be read and are left out.',
  }),
} as const;
