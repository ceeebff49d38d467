import { type ClusterStanding } from './read-clusters.ts';
import { rfc3339 } from './times.ts';

/** A cluster as `--json` shows it; times are RFC 3339. */
export interface ClusterJson {
  readonly tenant: string;
  readonly cluster: string;
  /** `null`: vacant. */
  readonly elected: string | null;
  readonly epoch: number;
  readonly elected_since: string | null;
  readonly last_heard: string | null;
  /** `null`: from the beginning of time. */
  readonly samples_from: string | null;
  readonly partition: number;
  readonly offset: number;
  /** Targets that are filled from a standby; `null`: none. */
  readonly fill: { readonly standby: string; readonly targets: number; readonly since: string | null } | null;
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
    samples_from: rfc3339(cluster.fromTimestampMs),
    partition: cluster.partition,
    offset: cluster.sourceOffset,
    fill: fillJson(cluster.fill),
  };
}

function fillJson(fill: ClusterStanding['fill']): ClusterJson['fill'] {
  return fill && { standby: fill.standby, targets: fill.targets, since: rfc3339(fill.sinceMs) };
}
