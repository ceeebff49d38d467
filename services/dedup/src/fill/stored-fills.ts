import { type FillStep } from '@tandem/election';
import { type Cluster } from '@tandem/records';

import { type StoredFills } from './cluster-fills.ts';

/** What a record of `clusters` says about fills. */
export function fillsOf({ fills, watch }: Pick<Cluster, 'fills' | 'watch'>): StoredFills {
  return { fills: fills.map((step) => ({ ...step, kind: kindOf(step.kind) })), watch };
}

/** A kind this version does not know adds nothing; the fill ends. */
function kindOf(kind: string): FillStep['kind'] {
  return kind === 'open' || kind === 'extend' ? kind : 'close';
}
