import { LogError, type LogRecord, type ReadRequest, type RecordBatch } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';
import { type Cluster } from '../cluster/cluster.ts';
import { type BrokerConnection } from '../wire/connection.ts';
import { decodeBatches, UnreadableBatchError } from '../wire/decode-batch.ts';
import { BrokerError, expectOk } from '../wire/errors.ts';
import { decodeFetchAnswer, fetchRequest } from '../wire/fetch.ts';
import { Backoff, pause } from '../wire/retry.ts';
import { chunkBySize } from './chunk.ts';
import { type FetchConnections } from './fetch-connections.ts';
import { type Offsets } from './offsets.ts';

/** Lends connections for fetches: see `FetchConnections`. */
export interface FetchLender extends Pick<FetchConnections, 'isCrowded'> {
  use(nodeId: number, request: (connection: Pick<BrokerConnection, 'send'>) => Promise<Buffer>): Promise<Buffer>;
}

/** What readers share. */
export interface ReadContext {
  readonly cluster: Pick<Cluster, 'leader' | 'forgetTopic'>;
  readonly connections: FetchLender;
  readonly offsets: Pick<Offsets, 'start'>;
  readonly logger: Logger;
  /** Aborted when the log is closed. */
  readonly closing: AbortSignal;
}

interface Fetched {
  readonly records: readonly LogRecord[];
  readonly nextOffset: number;
  readonly end: number;
  /** See `RecordBatch`. */
  readonly lostFrom?: number;
}

const DEFAULT_BATCH_BYTES = 4 * 1_048_576;
/** How long a broker holds a fetch when there is nothing new. */
const LONG_POLL_MS = 1000;
/** The same, when there are more readers than connections. */
const CROWDED_POLL_MS = 50;
const FETCH_GRACE_MS = 10_000;
const MAX_BACKOFF_MS = 1000;

/** Reads a partition from an offset on; see `RecordReader.read`. Fetches one answer ahead of its consumer. */
export async function* readPartition(context: ReadContext, request: ReadRequest): AsyncGenerator<RecordBatch> {
  const reader = new PartitionReader(context, request);
  try {
    for (let ahead = reader.next(request.from); ;) {
      const fetched = await ahead;
      if (fetched === undefined) break;
      ahead = reader.next(fetched.nextOffset);
      // Whoever stops consuming never awaits it.
      ahead.catch(() => undefined);
      for (const batch of batchesOf(fetched, request)) {
        if (reader.ended) break;
        yield batch;
      }
    }
    reader.expectOpen();
  } finally {
    reader.stop();
  }
}

/** An answer, cut to what was asked for. */
function* batchesOf({ lostFrom, ...fetched }: Fetched, request: ReadRequest): Generator<RecordBatch> {
  const { topic, partition, until = Infinity, maxBatchBytes = DEFAULT_BATCH_BYTES } = request;
  const records = fetched.records.filter((record) => record.offset < until);
  let lost = lostFrom === undefined ? {} : { lostFrom };
  for (const chunk of chunkBySize(records, maxBatchBytes)) {
    const last = chunk.at(-1);
    const isLast = last === records.at(-1);
    const nextOffset = isLast ? Math.min(fetched.nextOffset, until) : (last?.offset ?? 0) + 1;
    yield { topic, partition, records: chunk, nextOffset, end: fetched.end, ...lost };
    lost = {};
  }
}

class PartitionReader {
  readonly #context: ReadContext;
  readonly #request: ReadRequest;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #backoff = new Backoff(MAX_BACKOFF_MS);

  constructor(context: ReadContext, request: ReadRequest) {
    this.#context = context;
    this.#request = request;
    const { signal } = request;
    this.#signal = AbortSignal.any([this.#stop.signal, context.closing, ...(signal === undefined ? [] : [signal])]);
  }

  get ended(): boolean {
    return this.#signal.aborted;
  }

  stop(): void {
    this.#stop.abort();
  }

  /** After the end of a read: was it the log's end? */
  expectOpen(): void {
    const { signal } = this.#request;
    if (this.#context.closing.aborted && signal?.aborted !== true) {
      throw new LogError('closed', `cannot read "${this.#request.topic}": the log was closed`);
    }
  }

  /** The next visible records from an offset on; `undefined` when reading is over. Waits out failures. */
  async next(from: number): Promise<Fetched | undefined> {
    const { until = Infinity } = this.#request;
    let lost: Pick<Fetched, 'lostFrom'> = {};
    for (let offset = from; offset < until && !this.ended;) {
      try {
        const fetched = await this.#unlessEnded(this.#fetch(offset));
        if (fetched === undefined) return undefined;
        this.#backoff.reset();
        if (fetched.records.length > 0) return { ...fetched, ...lost };
        offset = fetched.nextOffset;
      } catch (error) {
        const next = (await this.#recover(error)) ?? offset;
        // The oldest record may also lie before a position the log never reached or does not reach any more.
        if (next > offset) lost = { lostFrom: lost.lostFrom ?? offset };
        offset = next;
      }
    }
    return undefined;
  }

  /** An abort does not wait for the broker's answer; the connection becomes free when it comes. */
  async #unlessEnded<T>(work: Promise<T>): Promise<T | undefined> {
    work.catch(() => undefined);
    if (this.ended) return undefined;
    let onAbort = (): void => undefined;
    const aborted = new Promise<undefined>((resolve) => {
      onAbort = () => resolve(undefined);
      this.#signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([work, aborted]);
    } finally {
      this.#signal.removeEventListener('abort', onAbort);
    }
  }

  async #fetch(offset: number): Promise<Fetched> {
    const { cluster, connections } = this.#context;
    const { topic, partition, maxBatchBytes: maxBytes = DEFAULT_BATCH_BYTES } = this.#request;
    const leader = await cluster.leader(topic, partition);
    const maxWaitMs = connections.isCrowded(leader) ? CROWDED_POLL_MS : LONG_POLL_MS;
    const payload = await connections.use(leader, (connection) => {
      const request = fetchRequest({ topic, partition, offset, maxBytes, maxWaitMs });
      return connection.send(request, maxWaitMs + FETCH_GRACE_MS);
    });
    const answer = decodeFetchAnswer(payload);
    expectOk(answer.errorCode);
    const { records, nextOffset = offset } = decodeBatches(answer.batches, offset, answer.aborted);
    return { records, nextOffset, end: Math.max(answer.highWatermark, nextOffset) };
  }

  /** Waits before the next try; gives the offset to go on from where that changed. */
  async #recover(error: unknown): Promise<number | undefined> {
    const { topic, partition } = this.#request;
    if (error instanceof LogError && (error.reason === 'unknown-topic' || error.reason === 'closed')) throw error;
    if (error instanceof UnreadableBatchError || error instanceof RangeError) {
      throw new LogError('misconfigured', `cannot read "${topic}" partition ${partition}: ${error.message}`, {
        cause: error,
      });
    }
    if (error instanceof BrokerError && error.type === 'OFFSET_OUT_OF_RANGE') return this.#oldest();
    this.#context.cluster.forgetTopic(topic);
    const cause = error instanceof Error ? error.message : String(error);
    this.#context.logger.debug({ topic, partition, cause }, 'Fetching failed, trying again');
    await pause(this.#backoff.next(), this.#signal);
    return undefined;
  }

  async #oldest(): Promise<number | undefined> {
    const { topic, partition } = this.#request;
    try {
      const start = await this.#context.offsets.start(topic, partition);
      this.#context.logger.warn({ topic, partition, start }, 'Reading from the oldest record: the position is gone');
      return start;
    } catch {
      await pause(this.#backoff.next(), this.#signal);
      return undefined;
    }
  }
}
