import { type FillStep } from '@tandem/election';
import { type Cluster, type Shard } from '@tandem/records';

import { type StoredFills } from './cluster-fills.ts';

/** What a record of `clusters` says about fills: of a cluster or of a shard. */
export function fillsOf({ fills, watch }: Pick<Cluster | Shard, 'fills' | 'watch'>): StoredFills {
  return { fills: fills.map((step) => ({ ...step, kind: kindOf(step.kind) })), watch };
}

/** A kind this version does not know adds nothing; the fill ends. */
function kindOf(kind: string): FillStep['kind'] {
  return kind === 'open' || kind === 'extend' ? kind : 'close';
}
