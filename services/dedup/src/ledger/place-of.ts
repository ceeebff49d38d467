import { isElectable } from '@tandem/election';
import { type SamplesHeaders } from '@tandem/records';

import { type TallyPlace } from './tally.ts';

/**
 * Where a record is counted.
 *
 * @param epoch the election at whose seam it is read again; absent: it is as it came
 */
export function placeOf(
  { timestampMs }: { readonly timestampMs: number },
  { tenant, pair }: Pick<SamplesHeaders, 'tenant' | 'pair'>,
  epoch?: number,
): TallyPlace {
  return { tenant, pair: pair !== undefined && isElectable(pair.replica) ? pair : undefined, timestampMs, epoch };
}
