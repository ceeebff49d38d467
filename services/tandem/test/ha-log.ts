import { clusterKey, clusterRecord, electionRecord, type Cluster, type Election } from '@tandem/records';
import { topicSettings, type OutgoingRecord } from '@tandem/stream';
import { MemoryLog, MemoryLogStorage } from '@tandem/testing';

import { haTopics, type HaTopics } from '../src/ha/open-log-to-read.ts';

/** Log time in these tests. */
export const T0 = Date.UTC(2026, 2, 1, 12);
export const TOPICS: HaTopics = haTopics('tandem.');

/** A log in memory with all topics, four partitions each. */
export async function emptyLog(now: () => number = () => T0): Promise<MemoryLog> {
  const log = new MemoryLog(new MemoryLogStorage(now));
  await log.createTopics(topicSettings({ prefix: 'tandem.', partitions: 4 }));
  return log;
}

const CLUSTER = {
  tenant: 't',
  cluster: 'prod',
  epoch: 1,
  replica: 'a',
  electedAtMs: T0,
  receivedAtMs: T0 + 1000,
  failoverTimeoutMs: 30_000,
  fromTimestampMs: null,
  sourceOffset: 7,
};

/** A record of `clusters`; what is not said is that replica a of t/prod was elected at T0 and heard a second later. */
export function clusterOutput(over: Partial<Cluster> = {}, partition = 0): OutgoingRecord {
  // Fields that have a default need not be said.
  const fields: object = { ...CLUSTER, ...over };
  const value = fields as Cluster;
  const key = clusterKey(value.tenant, value.cluster);
  return { topic: TOPICS.clusters, partition, key, ...clusterRecord.encode(value) };
}

const ELECTION = {
  tenant: 't',
  cluster: 'prod',
  epoch: 1,
  replica: 'a',
  reason: 'first-seen',
  electedAtMs: T0,
  fromTimestampMs: null,
  previousReplica: null,
  previousReceivedAtMs: null,
  sourcePartition: 0,
  sourceOffset: 7,
};

/** A record of `elections`; what is not said is the first one of t/prod at T0. */
export function electionOutput(over: Partial<Election> = {}, partition = 0): OutgoingRecord {
  const fields: object = { ...ELECTION, ...over };
  const value = fields as Election;
  const key = clusterKey(value.tenant, value.cluster);
  return { topic: TOPICS.elections, partition, key, ...electionRecord.encode(value) };
}
