import { type ElectionTable, type FillStep, type UnpairedSenders, type Watermark } from '@tandem/election';

import { type ClusterName } from './cluster-records.ts';
import { type DedupedHistory } from './deduped-history.ts';
import { type ClusterFills } from './fill/cluster-fills.ts';
import { type PartitionSettings } from './in-force/partition-settings.ts';
import { type OpenLedger } from './ledger/partition-ledger.ts';
import { type OpenSeam } from './seam/open-seam.ts';
import { type FollowedShard } from './spread/shard-followers.ts';
import { type SeriesIndex } from './series-index.ts';

/** Everything that is remembered of a partition: a function of the log up to the committed position. */
export interface PartitionState {
  readonly inForce: PartitionSettings;
  /** Whether they are written down: not where the partition had none, and begins with the configured ones. */
  readonly settingsAreWritten: boolean;
  readonly elections: ElectionTable;
  /** The names of the clusters in `elections`, by their id. */
  readonly names: Map<string, ClusterName>;
  /** The shards of spread clusters, by their id. */
  readonly shards: Map<string, FollowedShard>;
  /** Seams that were open when the partition was taken over, by cluster or shard. */
  readonly seams: ReadonlyMap<string, readonly OpenSeam[]>;
  /** What is filled in which cluster. */
  readonly fills: ClusterFills;
  /** Steps of fills that were open when the partition was taken over, by cluster. */
  readonly fillSteps: ReadonlyMap<string, readonly FillStep[]>;
  /** Senders whose series are of no pair. */
  readonly senders: UnpairedSenders;
  /** What was counted and is not in the ledger yet. */
  readonly ledger: OpenLedger;
  readonly index: SeriesIndex;
  readonly history: DedupedHistory;
  /** Newest sample written to this partition of `deduped`, Unix ms; `-Infinity`: none. */
  highTimestampMs: number;
  readonly watermark: Watermark;
}
