import { counter, histogram, type Instruments } from '@tandem/telemetry';

/** Metrics of ingest. */
export const INGEST_METRICS = {
  requests: counter({
    name: 'tandem_ingest_requests_total',
    help: 'Remote-write requests that are in the log.',
    labels: ['protocol'],
  }),
  samples: counter({
    name: 'tandem_ingest_samples_total',
    help: 'Samples that are in the log.',
    labels: ['protocol'],
  }),
  histograms: counter({
    name: 'tandem_ingest_histograms_total',
    help: 'Native histograms that are in the log.',
    labels: ['protocol'],
  }),
  exemplars: counter({
    name: 'tandem_ingest_exemplars_total',
    help: 'Exemplars that are in the log.',
    labels: ['protocol'],
  }),
  records: counter({
    name: 'tandem_ingest_records_total',
    help: 'Records appended: bodies passed on as received (untouched), or made by splitting a request (split).',
    labels: ['form'],
  }),
  bytes: counter({
    name: 'tandem_ingest_record_bytes_total',
    help: 'Bytes of the values of appended records.',
  }),
  refused: counter({
    name: 'tandem_ingest_refused_requests_total',
    help: 'Requests that were not answered 2xx, by reason.',
    labels: ['reason'],
  }),
  dropped: counter({
    name: 'tandem_ingest_dropped_samples_total',
    help: 'Samples left out of requests whose rest was taken (answered 400), by reason.',
    labels: ['reason'],
  }),
  lackingLabel: counter({
    name: 'tandem_ingest_lacking_label_requests_total',
    help: 'Requests whose series have the cluster label and no replica label (lacks: replica), or the reverse (lacks: cluster): they are not deduplicated.',
    labels: ['lacks'],
  }),
  heartbeats: counter({
    name: 'tandem_ingest_heartbeats_total',
    help: 'Heartbeats of replicas of spread clusters: appended; failed (told again before the next ones); dropped (more replicas in a second than are kept count of).',
    labels: ['outcome'],
  }),
  appendDuration: histogram({
    name: 'tandem_ingest_append_duration_seconds',
    help: 'Time until the log acknowledged the records of a request.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  }),
};

/** The instruments of ingest. */
export type IngestMetrics = Instruments<typeof INGEST_METRICS>;
