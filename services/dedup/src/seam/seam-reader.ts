import { isElectable } from '@tandem/election';
import { decodeSamplesHeaders, type SamplesHeaders } from '@tandem/records';
import { type LogRecord, type RecordReader } from '@tandem/stream';

import { type ClusterName } from '../cluster-records.ts';

/** A record of a cluster's replica, its headers read. */
export interface ReplicaRecord {
  readonly record: LogRecord;
  readonly headers: SamplesHeaders;
}

/** A record that was read again. */
export interface ReadRecord extends ReplicaRecord {
  /** The clock at it, Unix ms: see {@link OffsetRange.clockMs}. */
  readonly clockMs: number;
}

/** What was read at a time. */
export interface ReplicaSlice {
  /** The wanted ones. */
  readonly records: readonly ReadRecord[];
  /** The clock behind all that was read, Unix ms. */
  readonly clockMs: number;
  /** Everything below this offset was read. */
  readonly next: number;
  /** Size of all that was read, bytes. */
  readonly bytes: number;
}

/** What is read and judged at a time: other clusters wait for no longer than that. */
const SLICE_BYTES = 262_144;

/** Whose records are wanted. */
export interface ReplicaSource {
  readonly reader: Pick<RecordReader, 'read'>;
  readonly topic: string;
  readonly partition: number;
  readonly signal: AbortSignal;
  readonly name: ClusterName;
  /** Of a spread cluster. */
  readonly shard: number | undefined;
}

/** Where from (inclusive) and to (exclusive), offsets. */
export interface OffsetRange {
  readonly from: number;
  readonly until: number;
  /** What the clock of the partition, which never runs backwards (E9), says before it, Unix ms; absent: nobody asks. */
  readonly clockMs?: number;
}

/** Reads the records of some replicas again, batch by batch, in their order; bodies are not touched. */
export async function* readReplicas(
  source: ReplicaSource,
  replicas: readonly string[],
  range: OffsetRange,
): AsyncGenerator<ReplicaSlice> {
  const { reader, topic, partition, signal } = source;
  const { from, until } = range;
  let { clockMs = -Infinity } = range;
  if (from >= until) return;
  for await (const { records, nextOffset } of reader.read({
    topic,
    partition,
    signal,
    maxBatchBytes: SLICE_BYTES,
    from,
    until,
  })) {
    const wanted: ReadRecord[] = [];
    for (const record of records) {
      if (record.offset < from || record.offset >= until) continue;
      clockMs = Math.max(clockMs, record.timestampMs);
      const headers = headersIf(record, source, replicas);
      if (headers !== undefined) wanted.push({ record, headers, clockMs });
    }
    const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    yield { records: wanted, clockMs, next: nextOffset, bytes };
  }
  signal.throwIfAborted();
}

/** The headers of a record, if it is of one of these replicas. */
function headersIf(
  record: LogRecord,
  { name, shard }: ReplicaSource,
  replicas: readonly string[],
): SamplesHeaders | undefined {
  const decoded = decodeSamplesHeaders(record.headers);
  if (!decoded.ok) return undefined;
  const { tenant, pair, shard: ofShard } = decoded.headers;
  if (pair?.cluster !== name.cluster || tenant !== name.tenant || ofShard !== shard) return undefined;
  return replicas.includes(pair.replica) && isElectable(pair.replica) ? decoded.headers : undefined;
}
