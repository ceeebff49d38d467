import { encodeDedupedHeaders, encodeWatermark, type SamplesHeaders } from '@tandem/records';
import { type LogRecord, type OutgoingRecord } from '@tandem/stream';

import { keyText } from './bytes.ts';
import { type Part } from './body.ts';
import { type DedupObserver } from './observer.ts';
import { type PartitionState } from './partition-state.ts';
import { type DedupTopics } from './settings.ts';
import { type Transaction } from './transaction.ts';

/** What goes on of a record. */
interface Passed {
  readonly headers: SamplesHeaders;
  readonly epoch: number | undefined;
  readonly part: Part;
  /** Offset at which the term of the fill began that it is of. */
  readonly fill?: number | undefined;
  /** Whether the samples of the part are older than their series' last one. */
  readonly outOfOrder?: boolean;
}

/** The record of `samples` it is of. */
type Source = Pick<LogRecord, 'offset' | 'key'>;

/** Where it goes. */
interface OutputOptions {
  readonly topics: DedupTopics;
  readonly partition: number;
  readonly state: PartitionState;
  readonly observer: DedupObserver;
}

/** Writes what was let through of a record of `samples` to `deduped`: same partition, same key. */
export function writeDeduped(options: OutputOptions, transaction: Transaction, source: Source, passed: Passed): void {
  const { state, observer } = options;
  const { epoch = 0, part, outOfOrder } = passed;
  const { minTimestampMs, maxTimestampMs: timestampMs } = part;
  transaction.write(dedupedOutput(options, source, passed));
  if (timestampMs === undefined || minTimestampMs === undefined) return;
  state.highTimestampMs = Math.max(state.highTimestampMs, timestampMs);
  if (outOfOrder === true) return;
  if (minTimestampMs <= state.watermark.currentMs) transaction.afterwards(() => observer.late());
  state.watermark.passed(keyText(source.key), { epoch, timestampMs }, state.elections.nowMs);
}

/** Writes a watermark to `deduped`, behind everything that was let through before it. */
export function writeWatermark(
  { topics, partition, observer }: Omit<OutputOptions, 'state'>,
  transaction: Transaction,
  watermarkMs: number,
): void {
  transaction.write({
    topic: topics.deduped,
    partition,
    key: null,
    value: null,
    headers: encodeWatermark(watermarkMs),
  });
  transaction.afterwards(() => observer.watermark(partition, watermarkMs));
}

function dedupedOutput(
  { topics, partition, state }: OutputOptions,
  source: Source,
  { headers, epoch, part, outOfOrder, fill }: Passed,
): OutgoingRecord {
  const { tenant, pair, shard, protocol, receivedAtMs } = headers;
  const { samples, minTimestampMs, maxTimestampMs } = part;
  const high = state.highTimestampMs;
  const watermarkMs = state.watermark.currentMs;
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
      ...(watermarkMs === -Infinity ? {} : { watermarkMs }),
      ...(outOfOrder === true ? { outOfOrder } : {}),
    }),
  };
}
