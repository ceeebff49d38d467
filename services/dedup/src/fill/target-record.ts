import { type TargetRecord } from '@tandem/election';
import { type SamplesHeaders } from '@tandem/records';

/**
 * A record of a pair as fills look at it.
 *
 * @param clockMs the partition's clock at it, Unix ms
 */
export function targetRecordOf(
  { pair, span, downTargets }: Pick<SamplesHeaders, 'pair' | 'span' | 'downTargets'>,
  clockMs: number,
): TargetRecord {
  return { replica: pair?.replica ?? '', timestampMs: clockMs, ...span, downTargets };
}
