import { type ClusterStanding } from './read-clusters.ts';
import { type ReplicaStanding } from './replica-standing.ts';
import { rfc3339 } from './times.ts';

/** A replica as `--json` shows it; shares and scores are from 0 to 1. */
export interface ReplicaJson {
  readonly replica: string;
  readonly last_record: string | null;
  /** From its newest sample to the log; negative: stamped ahead. `null`: it sent no samples. */
  readonly lag_seconds: number | null;
  readonly score: number;
  readonly freshness: number;
  readonly completeness: number;
  readonly targets_up: number;
  /** ok, alone, shared or clock-ahead; `null`: it was not watched for long enough. */
  readonly verdict: string | null;
  /** By how much its clock is ahead; 0 where it is not. */
  readonly ahead_seconds: number;
}

/** A cluster as `--json` shows it; times are RFC 3339. */
export interface ClusterJson {
  readonly tenant: string;
  readonly cluster: string;
  /** `null`: vacant. */
  readonly elected: string | null;
  readonly epoch: number;
  readonly elected_since: string | null;
  readonly last_heard: string | null;
  /** How long it may be silent; `null`: vacant. */
  readonly failover_timeout_seconds: number | null;
  readonly replicas: readonly ReplicaJson[];
  /** `null`: from the beginning of time. */
  readonly samples_from: string | null;
  /** 1: it is not spread. */
  readonly shards: number;
  /** Of samples; of heartbeats where it is spread. */
  readonly partition: number;
  readonly offset: number;
  /** Targets that are filled from a standby; `null`: none. */
  readonly fill: { readonly standby: string; readonly targets: number; readonly since: string | null } | null;
}

function replicaJson({ replica, lastRecordMs, lagMs, verdict, aheadMs, ...scores }: ReplicaStanding): ReplicaJson {
  return {
    replica,
    last_record: rfc3339(lastRecordMs),
    lag_seconds: lagMs === null ? null : lagMs / 1000,
    score: scores.score,
    freshness: scores.freshness,
    completeness: scores.completeness,
    targets_up: scores.targetsUp,
    verdict,
    ahead_seconds: aheadMs / 1000,
  };
}

/** A cluster for programs. */
export function clusterJson(cluster: ClusterStanding): ClusterJson {
  return {
    tenant: cluster.tenant,
    cluster: cluster.cluster,
    elected: cluster.replica,
    epoch: cluster.epoch,
    elected_since: rfc3339(cluster.electedAtMs),
    last_heard: rfc3339(cluster.receivedAtMs),
    failover_timeout_seconds: cluster.failoverTimeoutMs === null ? null : cluster.failoverTimeoutMs / 1000,
    replicas: cluster.replicas.map(replicaJson),
    samples_from: rfc3339(cluster.fromTimestampMs),
    shards: cluster.shards,
    partition: cluster.partition,
    offset: cluster.sourceOffset,
    fill: fillJson(cluster.fill),
  };
}

function fillJson(fill: ClusterStanding['fill']): ClusterJson['fill'] {
  return fill && { standby: fill.standby, targets: fill.targets, since: rfc3339(fill.sinceMs) };
}
