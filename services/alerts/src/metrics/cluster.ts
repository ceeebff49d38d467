import { gauge, type Instruments } from '@tandem/telemetry';

/** Metrics of the instances of a cluster; `alertmanager_` ones mean what Alertmanager's of the same name mean. */
export const CLUSTER_METRICS = {
  enabled: gauge({
    name: 'alertmanager_cluster_enabled',
    help: '1, or 0 where --cluster.listen-address is empty.',
  }),
  members: gauge({
    name: 'alertmanager_cluster_members',
    help: 'Live instances of the cluster, this one included.',
  }),
  failedPeers: gauge({
    name: 'alertmanager_cluster_failed_peers',
    help: 'Instances that were heard within the last day, are not any more, and did not say good-bye.',
  }),
  peerInfo: gauge({
    name: 'alertmanager_cluster_peer_info',
    help: 'Always 1; its label tells the name of this instance.',
    labels: ['peer'],
  }),
  healthScore: gauge({
    name: 'alertmanager_cluster_health_score',
    help: '0 while the log was read to its end, 1 before.',
  }),
  position: gauge({
    name: 'alertmanager_peer_position',
    help: 'Place of this instance among the live ones, from 0 on: it waits so many times --cluster.peer-timeout.',
  }),
  differing: gauge({
    name: 'tandem_alerts_differing_members',
    help: 'Live instances whose configuration is another one than this instance has.',
  }),
  clockOffset: gauge({
    name: 'tandem_alerts_log_clock_offset_seconds',
    help: "How far the log's clock is ahead of this instance's.",
  }),
};

/** The instruments of the cluster. */
export type ClusterMetrics = Instruments<typeof CLUSTER_METRICS>;
