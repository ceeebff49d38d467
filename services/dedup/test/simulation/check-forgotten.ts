import { TOPICS } from '../pipeline.ts';
import { type SimulatedStorage } from '../simulated-log.ts';
import { type Findings } from './findings.ts';
import { keyTextOf } from './output.ts';
import { type ClusterReigns } from './reigns.ts';
import { type Cluster } from './world.ts';

/** What a cluster is checked with. */
export interface ForgottenRun extends Pick<ClusterReigns, 'isForgotten' | 'timesForgotten'> {
  readonly key: string;
  readonly cluster: Cluster;
}

/** E29: what stands of a cluster in `clusters`, in the end: a record, or nothing where it is forgotten. */
export function checkForgotten(
  storage: SimulatedStorage,
  { cluster, key, isForgotten, timesForgotten }: ForgottenRun,
  findings: Findings,
): void {
  const stands = standsIn(storage, cluster.partition, key);
  findings.count('times a cluster was forgotten', timesForgotten);
  if (stands === undefined || stands !== isForgotten) return;
  findings.violate(
    'E29',
    key,
    isForgotten ? 'it is forgotten, and stands in clusters' : 'it does not stand in clusters',
  );
}

/** Whether the newest record of a key is one that stands for something; `undefined`: there never was one. */
export function standsIn(storage: SimulatedStorage, partition: number, key: string): boolean | undefined {
  const newest = storage.records(TOPICS.clusters, partition).findLast((record) => keyTextOf(record.key) === key);
  return newest === undefined ? undefined : newest.value !== null;
}
