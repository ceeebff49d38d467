import { scoresOf, type ReplicaScore } from '@tandem/election';
import { type Cluster } from '@tandem/records';

import { formatSpan, NOTHING } from './times.ts';

/** A replica of a cluster and how well it does, as it was last announced in the log. */
export interface ReplicaStanding extends ReplicaScore {
  readonly replica: string;
  /** Log time of its newest record, Unix ms. */
  readonly lastRecordMs: number;
  /** What is to be said of it as a sender; `null`: it was not watched for long enough. */
  readonly verdict: string | null;
  /** By how much its clock is ahead, ms; 0 where it is not. */
  readonly aheadMs: number;
}

/** The verdict on a replica for people. */
export function verdictText({ verdict, aheadMs }: Pick<ReplicaStanding, 'verdict' | 'aheadMs'>): string {
  if (verdict === null) return NOTHING;
  return verdict === 'clock-ahead' ? `${verdict} by ${formatSpan(aheadMs)}` : verdict;
}

/** The replicas of a cluster, by name. */
export function replicaStandings({ replicas, heardAtMs, verdicts }: Cluster): readonly ReplicaStanding[] {
  const sights = replicas.map(({ replica, lastRecordMs, health }) => ({ replica, lastRecordMs, health }));
  const scores = scoresOf(sights, heardAtMs ?? -Infinity);
  return sights
    .flatMap(({ replica, lastRecordMs }) => {
      const score = scores.get(replica);
      const { verdict = null, aheadMs = 0 } = verdicts.find((each) => each.replica === replica) ?? {};
      return score === undefined ? [] : [{ replica, lastRecordMs, ...score, verdict, aheadMs }];
    })
    .toSorted((a, b) => (a.replica < b.replica ? -1 : 1));
}
