import { isElectable, type JudgedRecord } from '@tandem/election';
import { clusterId, type SamplesHeaders } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

/**
 * A record as elections look at it: what its headers say, and its size. `undefined`: it is of no pair.
 *
 * @param timestampMs the partition's clock at it, Unix ms
 */
export function judgedRecord(
  { value }: Pick<LogRecord, 'value'>,
  { tenant, pair, span, samples, upSamples = 0, downSamples = 0 }: SamplesHeaders,
  timestampMs: number,
): JudgedRecord | undefined {
  if (pair === undefined || !isElectable(pair.replica)) return undefined;
  const cluster = clusterId(tenant, pair.cluster);
  const sizeBytes = value?.length ?? 0;
  return { tenant, cluster, replica: pair.replica, timestampMs, ...span, samples, sizeBytes, upSamples, downSamples };
}
