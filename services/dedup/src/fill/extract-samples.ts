import { compress, inflate, rewrite, throwIfNoMemory, type SeriesTracker } from '@tandem/remote-write';

import { type LaneOptions } from '../seam/cluster-lane.ts';
import { type ReplicaRecord } from '../seam/seam-reader.ts';

/**
 * Makes a record with nothing but the samples that are wanted; `undefined`: there are none.
 *
 * @throws {NoMemoryError}
 */
export function extractSamples(
  { record, headers }: ReplicaRecord,
  { state, settings }: Pick<LaneOptions, 'state' | 'settings'>,
  advance: SeriesTracker['advance'],
): ReplicaRecord | undefined {
  if (record.value === null || headers.samples === 0) return undefined;
  const { replicaLabel } = state.inForce.at(record.offset);
  const protocol = headers.protocol === '1.0' ? 'v1' : 'v2';
  const value = inflate(record.value, settings.maxDecodedBytes, (data) => {
    const rewritten = rewrite(protocol, data, { replicaLabel, series: { advance }, onlyKept: true });
    if (!rewritten.ok) throwIfNoMemory(rewritten.problem);
    return rewritten.ok && rewritten.keptSamples > 0 ? compress(rewritten.body) : undefined;
  });
  if (!value.ok) throwIfNoMemory(value.problem);
  // A body that cannot be read is needed by nobody: it was counted when it came.
  return value.ok && value.value !== undefined ? { headers, record: { ...record, value: value.value } } : undefined;
}
