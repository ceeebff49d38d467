import { scoresOf, type ReplicaScore } from '@tandem/election';
import { type Cluster } from '@tandem/records';

/** A replica of a cluster and how well it does, as it was last announced in the log. */
export interface ReplicaStanding extends ReplicaScore {
  readonly replica: string;
  /** Log time of its newest record, Unix ms. */
  readonly lastRecordMs: number;
}

/** The replicas of a cluster, by name. */
export function replicaStandings({ replicas, heardAtMs }: Cluster): readonly ReplicaStanding[] {
  const sights = replicas.map(({ replica, lastRecordMs, health }) => ({ replica, lastRecordMs, health }));
  const scores = scoresOf(sights, heardAtMs ?? -Infinity);
  return sights
    .flatMap(({ replica, lastRecordMs }) => {
      const score = scores.get(replica);
      return score === undefined ? [] : [{ replica, lastRecordMs, ...score }];
    })
    .toSorted((a, b) => (a.replica < b.replica ? -1 : 1));
}
