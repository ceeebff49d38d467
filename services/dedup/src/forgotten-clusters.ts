import { clusterKey, forgottenKey, forgottenRecord } from '@tandem/records';
import { type OutgoingRecord } from '@tandem/stream';

import { type ClusterName } from './cluster-records.ts';
import { type SettingsPlace } from './in-force/settings-records.ts';
import { type DedupTopics } from './settings.ts';

/** The record of `clusters` that takes a cluster out of it: nothing is known of it any more. */
export function tombstoneOutput(
  { clusters }: Pick<DedupTopics, 'clusters'>,
  { tenant, cluster }: ClusterName,
  partition: number,
): OutgoingRecord {
  return { topic: clusters, partition, key: clusterKey(tenant, cluster), value: null };
}

/** The record of `clusters` that says what is left of those a partition has forgotten: their highest epoch. */
export function forgottenOutput(
  { clusters }: Pick<DedupTopics, 'clusters'>,
  epoch: number,
  { of, partition }: SettingsPlace,
): OutgoingRecord {
  return { topic: clusters, partition, key: forgottenKey(of), ...forgottenRecord.encode({ epoch }) };
}
