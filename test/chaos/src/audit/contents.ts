import {
  clusterRecord,
  decodeDedupedHeaders,
  decodeSamplesHeaders,
  isBody,
  electionRecord,
  forgottenRecord,
  isSettings,
  isWatermark,
  rejectRecord,
  senderRecord,
  shardRecord,
  type Cluster,
  type DedupedHeaders,
  type Election,
  type Reject,
  type SamplesHeaders,
} from '@tandem/records';
import { type Log, type LogRecord, type TopicId, topicName } from '@tandem/stream';

import { samplesOf, type Sample } from '../samples.ts';

/** A record of `samples` or `deduped`, opened. */
export interface Opened<H> {
  readonly partition: number;
  readonly offset: number;
  /** Append time, Unix ms. */
  readonly appendedMs: number;
  readonly headers: H;
  readonly samples: readonly Sample[];
}

/** A record of Avro, and where it is. */
export interface Noted<T> {
  readonly partition: number;
  readonly offset: number;
  readonly value: T;
}

/** All that is in the log, by partition and offset. */
export interface Contents {
  readonly samples: readonly Opened<SamplesHeaders>[];
  readonly deduped: readonly Opened<DedupedHeaders>[];
  readonly elections: readonly Noted<Election>[];
  readonly clusters: readonly Noted<Cluster>[];
  readonly rejects: readonly Noted<Reject>[];
}

interface Place {
  readonly partition: number;
  readonly record: LogRecord;
}

/** Reads everything there is; what is not committed is not. */
export async function readContents(log: Log, prefix: string): Promise<Contents> {
  const all = (topic: TopicId): Promise<readonly Place[]> => readTopic(log, topicName(prefix, topic));
  return {
    samples: (await all('samples'))
      .filter(({ record }) => isBody(record.headers))
      .map((place) => opened(place, decodeSamplesHeaders(place.record.headers))),
    deduped: (await all('deduped'))
      .filter(({ record }) => !isWatermark(record.headers))
      .map((place) => opened(place, decodeDedupedHeaders(place.record.headers))),
    elections: (await all('elections')).map((place) => noted(place, electionRecord.decode(place.record))),
    clusters: (await all('clusters'))
      .filter(isOfCluster)
      .map((place) => noted(place, clusterRecord.decode(place.record))),
    rejects: (await all('rejects')).map((place) => noted(place, rejectRecord.decode(place.record))),
  };
}

/** Settings and what is left of forgotten clusters are of a partition, and shards of spread clusters are written down beside them. */
function isOfCluster({ record }: Place): boolean {
  return (
    !isSettings(record.headers) && ![shardRecord, senderRecord, forgottenRecord].some((kind) => kind.is(record.headers))
  );
}

async function readTopic(log: Log, topic: string): Promise<readonly Place[]> {
  const places: Place[] = [];
  const partitions = await log.partitions(topic);
  for (let partition = 0; partition < partitions; partition++) {
    const { start, end } = await log.bounds(topic, partition);
    for await (const batch of log.read({ topic, partition, from: start, until: end })) {
      for (const record of batch.records) places.push({ partition, record });
    }
  }
  return places;
}

function opened<H extends Pick<SamplesHeaders, 'protocol'>>(
  { partition, record }: Place,
  decoded: { readonly ok: true; readonly headers: H } | { readonly ok: false; readonly problem: string },
): Opened<H> {
  if (!decoded.ok) throw new Error(`partition ${partition}, offset ${record.offset}: ${decoded.problem}`);
  const { headers } = decoded;
  const samples = samplesOf(headers.protocol === '1.0' ? 'v1' : 'v2', record.value ?? new Uint8Array());
  return { partition, offset: record.offset, appendedMs: record.timestampMs, headers, samples };
}

function noted<T>(
  { partition, record }: Place,
  decoded: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string },
): Noted<T> {
  if (!decoded.ok) throw new Error(`partition ${partition}, offset ${record.offset}: ${decoded.problem}`);
  return { partition, offset: record.offset, value: decoded.value };
}
