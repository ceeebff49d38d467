import {
  barrierRecord,
  clusterKey,
  decodeDedupedHeaders,
  decodeSamplesHeaders,
  isBody,
  shardKey,
  type BodyProtocol,
  type DedupedHeaders,
  type SampleSpan,
  type SamplesHeaders,
} from '@tandem/records';
import { decode, decompress, type DecodedSeries } from '@tandem/remote-write';
import { type LogRecord, type RecordReader } from '@tandem/stream';

import { type ClusterName } from './cluster-name.ts';
import { type FoundSeries } from './found-series.ts';
import { type HaTopics } from './open-log-to-read.ts';
import { samplesOf, type SeriesSample } from './series-window.ts';
import { type MetBarrier } from './shard-turns.ts';

/** How far the times of samples and the clock of the log may be apart, ms. */
const SKEW_MS = 60_000;

/** Which samples of a cluster are looked for, and where. */
export interface SeriesRequest {
  readonly topics: Pick<HaTopics, 'samples' | 'deduped'>;
  readonly name: ClusterName;
  readonly partition: number;
  /** Of a spread cluster; `undefined`: it is not spread. */
  readonly shard: number | undefined;
  /** Unix ms. */
  readonly timeMs: number;
  /** Samples so far before and after it are shown, ms. */
  readonly windowMs: number;
  /** Records appended until so long after it are read, ms. */
  readonly searchMs: number;
  readonly maxDecodedBytes: number;
  /** Takes what is found. */
  readonly found: FoundSeries;
}

/** Offsets from (inclusive) and to (exclusive). */
export interface OffsetSpan {
  readonly from: number;
  readonly until: number;
}

/** What was read. */
export interface SeriesRead {
  /** Of `samples`. */
  readonly samples: OffsetSpan;
  /** Log time from which on both topics were read, Unix ms. */
  readonly fromMs: number;
  /** Barriers of the shard, in the order of the log. */
  readonly barriers: readonly MetBarrier[];
  /** Whether `deduped` goes on behind what was read of it. */
  readonly dedupedGoesOn: boolean;
  /** The newest record of `samples` from which something came out, by epoch; its offset. */
  readonly reached: ReadonlyMap<number, number>;
  /** Records of each topic that cannot be decoded. */
  readonly unreadable: { readonly samples: number; readonly deduped: number };
}

/** Reads what the replicas of a cluster sent of a series, and then what came out of it, near a time. */
export async function readSeries(reader: RecordReader, request: SeriesRequest): Promise<SeriesRead> {
  const search = new SeriesSearch(request);
  const samples = await eachRecord(reader, request, request.topics.samples, (record) => {
    search.ofSamples(record);
  });
  const deduped = await eachRecord(reader, request, request.topics.deduped, (record) => {
    search.ofDeduped(record);
  });
  const { reached, barriers, unreadable } = search;
  return { samples, fromMs: fromMsOf(request), barriers, dedupedGoesOn: deduped.goesOn, reached, unreadable };
}

function fromMsOf({ timeMs, windowMs }: Pick<SeriesRequest, 'timeMs' | 'windowMs'>): number {
  return Math.max(0, timeMs - Math.max(SKEW_MS, windowMs));
}

async function eachRecord(
  reader: RecordReader,
  { partition, timeMs, windowMs, searchMs }: SeriesRequest,
  topic: string,
  visit: (record: LogRecord) => void,
): Promise<OffsetSpan & { readonly goesOn: boolean }> {
  const { end } = await reader.bounds(topic, partition);
  const from = await reader.offsetAt(topic, partition, fromMsOf({ timeMs, windowMs }));
  const until = Math.min(end, await reader.offsetAt(topic, partition, timeMs + searchMs));
  if (from < until) {
    for await (const { records } of reader.read({ topic, partition, from, until })) {
      for (const record of records) visit(record);
    }
  }
  return { from, until, goesOn: until < end };
}

const latin1 = new TextDecoder('latin1');

/** Looks into records: headers first, bodies where they may hold what is wanted. */
class SeriesSearch {
  readonly #request: SeriesRequest;
  readonly #key: string;
  readonly reached = new Map<number, number>();
  readonly barriers: MetBarrier[] = [];
  readonly unreadable = { samples: 0, deduped: 0 };

  constructor(request: SeriesRequest) {
    this.#request = request;
    const { name, shard } = request;
    const { tenant, cluster } = name;
    this.#key = latin1.decode(shard === undefined ? clusterKey(tenant, cluster) : shardKey(tenant, cluster, shard));
  }

  ofSamples(record: LogRecord): void {
    if (barrierRecord.is(record.headers)) this.#ofBarrier(record);
    if (!isBody(record.headers)) return;
    const decoded = decodeSamplesHeaders(record.headers);
    if (!decoded.ok) {
      this.unreadable.samples++;
      return;
    }
    const { tenant, pair } = decoded.headers;
    const { name, shard, found } = this.#request;
    if (tenant !== name.tenant || pair?.cluster !== name.cluster || decoded.headers.shard !== shard) return;
    const { offset, timestampMs: appendedMs } = record;
    for (const series of this.#seriesOf(record, decoded.headers, 'samples')) {
      const shown = samplesOf(series).filter((sample) => this.#isShown(sample));
      found.addCopies(
        series,
        shown.map((sample) => ({ ...sample, replica: pair.replica, appendedMs, offset })),
      );
    }
  }

  #ofBarrier(record: LogRecord): void {
    const decoded = barrierRecord.decode(record);
    if (!decoded.ok) {
      this.unreadable.samples++;
      return;
    }
    const { tenant, cluster, shard } = decoded.value;
    const { name, shard: wanted } = this.#request;
    if (tenant !== name.tenant || cluster !== name.cluster || shard !== wanted) return;
    this.barriers.push({ ...decoded.value, offset: record.offset, appendedMs: record.timestampMs });
  }

  ofDeduped(record: LogRecord): void {
    if (record.key === null || latin1.decode(record.key) !== this.#key) return;
    const decoded = decodeDedupedHeaders(record.headers);
    if (!decoded.ok) {
      this.unreadable.deduped++;
      return;
    }
    const { headers } = decoded;
    const { epoch = null, pair, sourceOffset, fill, outOfOrder = false } = headers;
    if (epoch !== null) this.reached.set(epoch, Math.max(sourceOffset, this.reached.get(epoch) ?? -1));
    for (const series of this.#seriesOf(record, headers, 'deduped')) {
      const outputs = samplesOf(series).map((sample) => {
        const place = { offset: record.offset, sourceOffset, filled: fill !== undefined, outOfOrder };
        return { ...sample, epoch, replica: pair?.replica ?? null, ...place };
      });
      this.#request.found.addOutputs(
        series,
        outputs,
        outputs.some((sample) => this.#isShown(sample)),
      );
    }
  }

  #isShown({ timestampMs }: SeriesSample): boolean {
    return Math.abs(timestampMs - this.#request.timeMs) <= this.#request.windowMs;
  }

  #mayHold(span: SampleSpan | undefined): boolean {
    const { timeMs, windowMs } = this.#request;
    const aroundMs = Math.max(SKEW_MS, windowMs);
    return span !== undefined && span.minTimestampMs <= timeMs + aroundMs && span.maxTimestampMs >= timeMs - aroundMs;
  }

  /** The series of a record that are looked for. */
  #seriesOf(
    { value }: LogRecord,
    { protocol, span }: SamplesHeaders | DedupedHeaders,
    topic: 'samples' | 'deduped',
  ): readonly DecodedSeries[] {
    if (!this.#mayHold(span)) return [];
    const series = value === null ? undefined : decodeBody(value, protocol, this.#request.maxDecodedBytes);
    if (series === undefined) {
      this.unreadable[topic]++;
      return [];
    }
    return this.#request.found.matching(series);
  }
}

function decodeBody(value: Uint8Array, protocol: BodyProtocol, maxBytes: number): readonly DecodedSeries[] | undefined {
  const inflated = decompress(value, maxBytes);
  if (!inflated.ok) return undefined;
  const decoded = decode(protocol === '1.0' ? 'v1' : 'v2', inflated.data);
  return decoded.ok ? decoded.series : undefined;
}
