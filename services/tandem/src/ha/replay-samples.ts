import { judgedRecord } from '@tandem/dedup';
import { type JudgedRecord } from '@tandem/election';
import { clusterId, decodeSamplesHeaders, isBody, isCommand } from '@tandem/records';
import { type LogRecord, type RecordReader } from '@tandem/stream';

import { type ClusterName } from './cluster-name.ts';
import { givenCommand } from './given-command.ts';
import { type ElectionReplay } from './election-replay.ts';

/** Hears how much of a piece of work is done, from 0 to 1. */
export type ProgressListener = (done: number) => void;

/** What is replayed. */
export interface ReplayRequest extends ClusterName {
  /** The topic `samples`. */
  readonly topic: string;
  readonly partition: number;
  /** Where reading begins; records before `judgedFrom` are heard and decide nothing. */
  readonly from: number;
  readonly judgedFrom: number;
  readonly until: number;
  readonly replays: readonly ElectionReplay[];
  readonly onProgress: ProgressListener;
}

/** What was read. */
export interface ReplayRead {
  /** Records of the cluster that were judged. */
  readonly judged: number;
  /** Append times of the first and the last record of the partition that were judged, Unix ms. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** Records whose headers cannot be read: they are no event. */
  readonly unreadable: number;
  /** Records that retention removed while they were read, at most. */
  readonly lost: number;
}

/** Shows the headers of a stretch of `samples` to replays, in one reading; bodies are not touched. */
export async function replaySamples(reader: RecordReader, request: ReplayRequest): Promise<ReplayRead> {
  const { topic, partition, from, until, onProgress } = request;
  const run = new ReplayRun(request);
  if (from >= until) return run.read;
  for await (const batch of reader.read({ topic, partition, from, until })) {
    const { lostFrom, records, nextOffset } = batch;
    if (lostFrom !== undefined) run.lost((records[0]?.offset ?? nextOffset) - lostFrom);
    for (const record of records) run.show(record);
    onProgress((nextOffset - from) / (until - from));
  }
  return run.read;
}

/** Shows records to the replays, and counts. */
class ReplayRun {
  readonly #request: ReplayRequest;
  readonly #cluster: string;
  #clockMs = -Infinity;
  #judged = 0;
  #firstMs: number | null = null;
  #lastMs: number | null = null;
  #unreadable = 0;
  #lost = 0;

  constructor(request: ReplayRequest) {
    this.#request = request;
    this.#cluster = clusterId(request.tenant, request.cluster);
  }

  get read(): ReplayRead {
    return {
      judged: this.#judged,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      unreadable: this.#unreadable,
      lost: this.#lost,
    };
  }

  lost(count: number): void {
    this.#lost += count;
  }

  show(record: LogRecord): void {
    this.#clockMs = Math.max(this.#clockMs, record.timestampMs);
    const isJudged = record.offset >= this.#request.judgedFrom;
    if (isJudged) this.#advance();
    if (isCommand(record.headers)) {
      if (isJudged) this.#obey(record);
      return;
    }
    if (!isBody(record.headers)) return;
    const heard = this.#recordOfCluster(record);
    if (heard === undefined) return;
    for (const replay of this.#request.replays) {
      if (isJudged) replay.judge(heard, record.offset);
      else replay.recall(heard);
    }
    if (isJudged) this.#judged++;
  }

  #advance(): void {
    this.#firstMs ??= this.#clockMs;
    this.#lastMs = this.#clockMs;
    for (const replay of this.#request.replays) replay.advance(this.#clockMs);
  }

  /** A command from before the range has done what it does: whoever is elected and pinned then is known. */
  #obey(record: LogRecord): void {
    const given = givenCommand(record);
    if (given === undefined) {
      this.#unreadable++;
      return;
    }
    const { tenant, cluster } = this.#request;
    if (given.tenant !== tenant || given.cluster !== cluster) return;
    for (const replay of this.#request.replays) {
      replay.obey({ tenant, cluster: this.#cluster }, given.command, record.offset);
    }
  }

  /** A record as elections look at it, if it is one of the cluster. */
  #recordOfCluster(record: LogRecord): JudgedRecord | undefined {
    const decoded = decodeSamplesHeaders(record.headers);
    if (!decoded.ok) {
      this.#unreadable++;
      return undefined;
    }
    const judged = judgedRecord(record, decoded.headers, this.#clockMs);
    return judged?.cluster === this.#cluster ? judged : undefined;
  }
}
