import { counter, gauge, histogram } from '@tandem/telemetry';

/** Metrics of forward. */
export const FORWARD_METRICS = {
  samples: counter({
    name: 'tandem_forward_samples_total',
    help: 'Samples and native histograms a target has taken.',
    labels: ['target'],
  }),
  requests: counter({
    name: 'tandem_forward_requests_total',
    help: 'Requests by how they ended: delivered, retry (sent again), refused (gone to rejects).',
    labels: ['target', 'outcome'],
  }),
  retries: counter({
    name: 'tandem_forward_retries_total',
    help: 'Requests that are sent again, by what went wrong.',
    labels: ['target', 'reason'],
  }),
  dropped: counter({
    name: 'tandem_forward_dropped_samples_total',
    help: 'Samples a target will not have, by reason.',
    labels: ['target', 'reason'],
  }),
  lostToRetention: counter({
    name: 'tandem_forward_lost_to_retention_records_total',
    help: 'Offsets of the deduped topic that retention removed before they were read: how many records at most.',
    labels: ['target'],
  }),
  bytes: counter({
    name: 'tandem_forward_bytes_total',
    help: 'Compressed bytes a target has taken.',
    labels: ['target'],
  }),
  duration: histogram({
    name: 'tandem_forward_request_duration_seconds',
    help: 'Time of one request to a target.',
    labels: ['target'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  }),
  lagRecords: gauge({
    name: 'tandem_forward_lag_records',
    help: 'Offsets between what a target has and the end of the partition.',
    labels: ['target', 'partition'],
  }),
  lagSeconds: gauge({
    name: 'tandem_forward_lag_seconds',
    help: 'Age of the oldest record that was read and that a target does not have; 0 where there is none.',
    labels: ['target', 'partition'],
  }),
  claims: gauge({
    name: 'tandem_forward_claimed_partitions',
    help: 'Partitions this instance forwards.',
    labels: ['target'],
  }),
};
