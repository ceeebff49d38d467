import { encodeDedupedHeaders, type SamplesHeaders } from '@tandem/records';
import { type LogRecord, type OutgoingRecord } from '@tandem/stream';

import { type Part } from './body.ts';
import { type PartitionState } from './partition-state.ts';
import { type DedupTopics } from './settings.ts';

/** What goes on of a record. */
interface Passed {
  readonly headers: SamplesHeaders;
  readonly epoch: number | undefined;
  readonly part: Part;
  /** Offset at which the term of the fill began that it is of. */
  readonly fill?: number | undefined;
}

/** The record of `deduped` for what was let through of a record of `samples`: same partition, same key. */
export function dedupedOutput(
  { topics, partition, state }: { topics: DedupTopics; partition: number; state: PartitionState },
  source: LogRecord,
  { headers, epoch, part, fill }: Passed,
): OutgoingRecord {
  const { tenant, pair, shard, protocol, receivedAtMs } = headers;
  const { samples, minTimestampMs, maxTimestampMs } = part;
  const high = state.highTimestampMs;
  return {
    topic: topics.deduped,
    partition,
    key: source.key,
    value: part.value,
    headers: encodeDedupedHeaders({
      tenant,
      protocol,
      samples,
      receivedAtMs,
      sourcePartition: partition,
      sourceOffset: source.offset,
      ...(pair === undefined || epoch === undefined ? {} : { pair, epoch }),
      ...(shard === undefined ? {} : { shard }),
      ...(minTimestampMs === undefined || maxTimestampMs === undefined
        ? {}
        : { span: { minTimestampMs, maxTimestampMs } }),
      ...(high === -Infinity ? {} : { highTimestampMs: high }),
      ...(fill === undefined ? {} : { fill }),
    }),
  };
}
