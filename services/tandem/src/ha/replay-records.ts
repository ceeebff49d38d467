import { judgedHeartbeat, judgedRecord } from '@tandem/dedup';
import { isElectable, type ElectionSettings, type JudgedRecord } from '@tandem/election';
import {
  clusterId,
  decodeSamplesHeaders,
  heartbeatRecord,
  isBody,
  isCommand,
  isSettings,
  type SettingsScope,
} from '@tandem/records';
import { MAX_SHARDS } from '@tandem/series';
import { type LogRecord, type RecordReader } from '@tandem/stream';

import { type ClusterName } from './cluster-name.ts';
import { givenCommand } from './given-command.ts';
import { type ElectionReplay } from './election-replay.ts';
import { type SettingsTimeline } from './settings-timeline.ts';

/** Hears how much of a piece of work is done, from 0 to 1. */
export type ProgressListener = (done: number) => void;

/** What is replayed. */
export interface ReplayRequest extends ClusterName {
  /** What is replayed: headers of `samples`, or `heartbeats`. */
  readonly of: SettingsScope;
  /** That topic. */
  readonly topic: string;
  readonly partition: number;
  /** Where reading begins; records before `judgedFrom` are heard and decide nothing. */
  readonly from: number;
  readonly judgedFrom: number;
  readonly until: number;
  /** They begin with the settings of `from`. */
  readonly replays: readonly ElectionReplay[];
  readonly timeline: SettingsTimeline;
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

/**
 * Shows the headers of a stretch of `samples`, or a stretch of `heartbeats`, to replays, in one reading; bodies are not touched.
 * Each is judged by the settings of its place.
 */
export async function replayRecords(reader: RecordReader, request: ReplayRequest): Promise<ReplayRead> {
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
  #inForce: ElectionSettings;
  #clockMs = -Infinity;
  #judged = 0;
  #firstMs: number | null = null;
  #lastMs: number | null = null;
  #unreadable = 0;
  #lost = 0;

  constructor(request: ReplayRequest) {
    this.#request = request;
    this.#cluster = clusterId(request.tenant, request.cluster);
    this.#inForce = request.timeline.at(request.from);
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
    this.#configure(record.offset);
    if (isJudged) this.#advance();
    if (isSettings(record.headers)) this.#request.timeline.meet(record);
    else if (!isCommand(record.headers)) this.#hear(record, isJudged);
    else if (isJudged) this.#obey(record);
  }

  /** From some places on other settings are in force. */
  #configure(offset: number): void {
    const inForce = this.#request.timeline.at(offset);
    if (inForce === this.#inForce) return;
    this.#inForce = inForce;
    for (const replay of this.#request.replays) replay.configure(inForce);
  }

  #hear(record: LogRecord, isJudged: boolean): void {
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
    const judged =
      this.#request.of === 'samples' ? sampleRecord(record, this.#clockMs) : heartbeat(record, this.#clockMs);
    if (judged === 'unreadable') {
      this.#unreadable++;
      return undefined;
    }
    return judged?.cluster === this.#cluster ? judged : undefined;
  }
}

/** `undefined`: nobody is elected upon it. */
type Electing = JudgedRecord | 'unreadable' | undefined;

function sampleRecord(record: LogRecord, clockMs: number): Electing {
  if (!isBody(record.headers)) return undefined;
  const decoded = decodeSamplesHeaders(record.headers);
  if (!decoded.ok) return 'unreadable';
  // The shards of a spread cluster follow its heartbeats.
  return decoded.headers.shard === undefined ? judgedRecord(record, decoded.headers, clockMs) : undefined;
}

function heartbeat(record: LogRecord, clockMs: number): Electing {
  const decoded = heartbeatRecord.decode(record);
  if (!decoded.ok) return 'unreadable';
  const { replica, shards } = decoded.value;
  if (shards < 1 || shards > MAX_SHARDS) return 'unreadable';
  return isElectable(replica) ? judgedHeartbeat(record, decoded.value, clockMs) : undefined;
}
