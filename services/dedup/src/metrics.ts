import { counter, gauge, histogram, type Instruments } from '@tandem/telemetry';

const CLUSTER = ['user', 'cluster'] as const;

/** Metrics of dedup. Those named `ha_tracker`, and the first two, mean what the HA tracker's of the same name mean. */
export const DEDUP_METRICS = {
  dedupedSamples: counter({
    name: 'tandem_dedup_deduped_samples_total',
    help: 'Samples of standby replicas, by tenant and cluster.',
    labels: CLUSTER,
  }),
  nonHaSamples: counter({
    name: 'tandem_dedup_non_ha_samples_received_total',
    help: 'Samples of no pair (one of the labels missing, or a replica name too long), by tenant.',
    labels: ['user'],
  }),
  electedChanges: counter({
    name: 'tandem_ha_tracker_elected_replica_changes_total',
    help: 'Times another replica was elected in a cluster.',
    labels: CLUSTER,
  }),
  electedTimestamp: gauge({
    name: 'tandem_ha_tracker_elected_replica_timestamp_seconds',
    help: 'Log time of the newest record of the elected replica.',
    labels: CLUSTER,
  }),
  lastElection: gauge({
    name: 'tandem_ha_tracker_last_election_timestamp_seconds',
    help: 'Log time of the newest election of a cluster.',
    labels: CLUSTER,
  }),
  electedStatus: gauge({
    name: 'tandem_ha_tracker_elected_replica_status',
    help: '1 for the elected replica of a cluster.',
    labels: ['user', 'cluster', 'replica'],
  }),
  elections: counter({
    name: 'tandem_dedup_elections_total',
    help: 'Elections by cluster and reason: first-seen, failover, score, lost-scrapes, operator.',
    labels: ['user', 'cluster', 'reason'],
  }),
  received: counter({
    name: 'tandem_dedup_received_samples_total',
    help: 'Samples and native histograms read from the samples topic.',
  }),
  emitted: counter({
    name: 'tandem_dedup_emitted_samples_total',
    help: 'Samples and native histograms written to the deduped topic.',
  }),
  dropped: counter({
    name: 'tandem_dedup_dropped_samples_total',
    help: 'Samples that went no further: standby, too-many-clusters, too-many-replicas, no-samples, unelected (of a spread cluster before its election is known; read again then), repeat (let through before, or too old to tell), out-of-order (older than the last one of its series, not let through before, and not allowed), seam (held back so that a series continues where the replica before ended), fill (of a target that is filled from a standby: stale markers that are held, what is too near to what the standby sent, and what waits for the standby), reject.',
    labels: ['reason'],
  }),
  failoverTimeout: gauge({
    name: 'tandem_dedup_failover_timeout_seconds',
    help: 'How long the elected replica of a cluster may be silent now: as configured, or as learned from it.',
    labels: CLUSTER,
  }),
  replicaScore: gauge({
    name: 'tandem_dedup_replica_score',
    help: 'How well a replica does, 0 to 1: freshness times completeness times targets up.',
    labels: ['user', 'cluster', 'replica'],
  }),
  senderVerdict: gauge({
    name: 'tandem_dedup_sender_verdict',
    help: '1 for what is to be said of a sender over the last minutes: ok, alone (no other replica is heard), shared (two senders have one replica name), clock-ahead; replica-label-missing, cluster-label-missing (its series are not deduplicated; the label it lacks is empty here).',
    labels: ['user', 'cluster', 'replica', 'verdict'],
  }),
  sendersOverlooked: counter({
    name: 'tandem_dedup_senders_overlooked_total',
    help: 'Times a sender without the cluster or the replica label was heard and not remembered, because its partition has too many.',
  }),
  commands: counter({
    name: 'tandem_dedup_operator_commands_total',
    help: 'Commands of operators (failover, pin, release) by outcome.',
    labels: ['command', 'outcome'],
  }),
  settings: counter({
    name: 'tandem_dedup_settings_records_total',
    help: 'Settings met in the samples topic by what came of them: applied, renewed (in force already, and read again), unchanged, older (than those in force).',
    labels: ['outcome'],
  }),
  settingsForeign: gauge({
    name: 'tandem_dedup_settings_foreign_partitions',
    help: 'Partitions held that are judged by other settings than the configuration of this instance.',
  }),
  caughtUp: counter({
    name: 'tandem_dedup_caught_up_samples_total',
    help: 'Samples of the new replica read again at a failover and written to the deduped topic; counted as standby when they came.',
  }),
  orphans: counter({
    name: 'tandem_dedup_orphan_stale_markers_total',
    help: 'Stale markers written for series that only the replica before had.',
  }),
  seams: counter({ name: 'tandem_dedup_seams_total', help: 'Failovers whose seam was read again to its end.' }),
  waitingShards: gauge({
    name: 'tandem_dedup_waiting_shards',
    help: 'Shards of spread clusters whose records wait in the log for an election.',
  }),
  electorLagSeconds: gauge({
    name: 'tandem_dedup_elector_lag_seconds',
    help: 'Age of the newest committed heartbeat of a partition where there are newer ones, else 0.',
    labels: ['partition'],
  }),
  clustersForgotten: counter({
    name: 'tandem_dedup_clusters_forgotten_total',
    help: 'Clusters that were vacant for so long that nothing is known of them any more.',
  }),
  voidHeartbeats: counter({
    name: 'tandem_dedup_void_heartbeats_total',
    help: 'Heartbeats of clusters that are not spread by the configuration of dedup: nobody is elected in them.',
  }),
  seamsOpen: gauge({
    name: 'tandem_dedup_seams_catching_up',
    help: 'Clusters whose seam is being read again now.',
  }),
  filledSamples: counter({
    name: 'tandem_dedup_filled_samples_total',
    help: 'Samples written to the deduped topic by fills: of a standby, because the elected replica could not scrape their target (counted as standby when they came), and of the elected replica, behind a gap that was waited for (counted as fill when they came).',
  }),
  fills: counter({
    name: 'tandem_dedup_fill_steps_total',
    help: 'Times a fill was opened (or begun anew after five minutes), extended by more targets, or closed.',
    labels: ['step'],
  }),
  fillsOpen: gauge({
    name: 'tandem_dedup_fills_open',
    help: 'Clusters, and shards of spread ones, in which targets that the elected replica cannot scrape are filled from a standby.',
  }),
  fillMarkers: counter({
    name: 'tandem_dedup_fill_stale_markers_total',
    help: 'Stale markers of filled targets: held, suppressed (the standby, or the elected replica again, continues the series), released (written after all: the standby does not have the series, or the fill is over).',
    labels: ['verdict'],
  }),
  fillReportsOverlooked: counter({
    name: 'tandem_dedup_fill_reports_overlooked_total',
    help: 'Reports of targets that are down, passed over because their cluster has too many.',
  }),
  fillForgotten: counter({
    name: 'tandem_dedup_fill_bodies_forgotten_total',
    help: 'Bodies of a standby that were not kept until it was known whether they are needed, because there were too many.',
  }),
  outOfOrder: counter({
    name: 'tandem_dedup_out_of_order_samples_total',
    help: 'Samples older than the last one of their series that were passed on, in records of their own (dedup.out_of_order).',
  }),
  watermark: gauge({
    name: 'tandem_dedup_watermark_seconds',
    help: 'Newest watermark of a partition of the deduped topic, Unix time: up to where all samples in order have come.',
    labels: ['partition'],
  }),
  late: counter({
    name: 'tandem_dedup_late_records_total',
    help: 'Records of the deduped topic with samples in order that are not later than the watermark before them.',
  }),
  rejects: counter({
    name: 'tandem_dedup_rejected_records_total',
    help: 'Records that could not be processed and went to the rejects topic, by reason.',
    labels: ['reason'],
  }),
  lostToRetention: counter({
    name: 'tandem_dedup_lost_to_retention_records_total',
    help: 'Offsets of the samples topic that retention removed before they were read: how many records at most.',
  }),
  commitDuration: histogram({
    name: 'tandem_dedup_commit_duration_seconds',
    help: 'Time of one transaction of outputs and position.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  }),
  claims: gauge({ name: 'tandem_dedup_claimed_partitions', help: 'Partitions this instance holds.' }),
  claimsEnded: counter({
    name: 'tandem_dedup_claim_failures_total',
    help: 'Claims that ended with an error and are taken again, by class of the error.',
    labels: ['error'],
  }),
  takeOver: histogram({
    name: 'tandem_dedup_take_over_duration_seconds',
    help: 'Time to rebuild the state of a partition that was taken over.',
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
  }),
  lookBacks: counter({
    name: 'tandem_dedup_look_backs_total',
    help: 'Times the deduped topic was read again for samples older than what is remembered.',
  }),
  lagRecords: gauge({
    name: 'tandem_dedup_lag_records',
    help: 'Offsets between what is committed and the end of the partition.',
    labels: ['partition'],
  }),
  lagSeconds: gauge({
    name: 'tandem_dedup_lag_seconds',
    help: 'Age of the newest committed record where there are newer ones, else 0.',
    labels: ['partition'],
  }),
  series: gauge({ name: 'tandem_dedup_series', help: 'Series whose newest sample is remembered.' }),
  seriesBytes: gauge({ name: 'tandem_dedup_series_bytes', help: 'Memory of the table of series.' }),
  leaseOperations: counter({
    name: 'tandem_dedup_lease_operations_total',
    help: 'Questions to the lease store by outcome: granted, refused, error.',
    labels: ['outcome'],
  }),
  leasesHeld: gauge({ name: 'tandem_dedup_leases_held', help: 'Clusters whose lease this instance holds.' }),
  leaseQueue: gauge({ name: 'tandem_dedup_lease_queue_length', help: 'Clusters whose lease waits to be written.' }),
  leaseQueueLimit: gauge({ name: 'tandem_dedup_lease_queue_capacity', help: 'The most that may wait.' }),
  leaseDropped: counter({
    name: 'tandem_dedup_lease_announcements_dropped_total',
    help: 'Announcements that found the queue full; made up for by the next renewal.',
  }),
  leaseStoreUp: gauge({ name: 'tandem_dedup_lease_store_up', help: '1 while the lease store answers.' }),
};

/** The instruments of dedup. */
export type DedupMetrics = Instruments<typeof DEDUP_METRICS>;
