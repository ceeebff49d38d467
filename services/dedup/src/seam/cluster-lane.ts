import { EndGrid, SEND_SKEW_MS, SeamTable, type WatermarkHold } from '@tandem/election';

import { keyText } from '../bytes.ts';
import { type ClusterName } from '../cluster-records.ts';
import { type ProcessorOptions } from '../processor-options.ts';
import { type RecordFilter } from '../record-filter.ts';
import { type Transaction } from '../transaction.ts';
import { type Lane } from './lane.ts';
import { LaneSteps } from './lane-steps.ts';
import { judgeLastStretch, LAST_STRETCH } from './last-stretch.ts';
import { forerunnerEndMs, isEndOfReading, type OpenSeam } from './open-seam.ts';
import { OrphanMarker } from './orphan-marker.ts';
import {
  readReplicas,
  type OffsetRange,
  type ReadRecord,
  type ReplicaRecord,
  type ReplicaSlice,
  type ReplicaSource,
} from './seam-reader.ts';

/** What a lane is made with. */
export interface LaneOptions extends ProcessorOptions {
  readonly name: ClusterName;
  /** Name of the cluster, tenant included, or of the shard. */
  readonly cluster: string;
  /** Of a spread cluster. */
  readonly shard?: number;
  /** Key of its records. */
  readonly key: Uint8Array;
  readonly filter: RecordFilter;
  /** How far the seam of an election was counted by instances before: an offset of `samples`. */
  readonly countedThrough: (epoch: number) => number;
}

/** A step of catching up. */
type Step =
  /** Records to be judged by the seam. */
  | { readonly kind: 'records'; readonly records: readonly ReadRecord[] }
  /** Everything below {@link ClusterLane.#reached} was given. */
  | { readonly kind: 'reached' };

/** The watermark waits for so long for the last record of a seam, and the ends that come with it, ms: a slow scrape. */
const LAST_RECORD_MS = 70_000;

/**
 * The records of one cluster while a seam of it is open. They take a lane of their own: from before the switch on they
 * are read again, slice by slice beside the live records of the other clusters, until the lane has come to where the
 * partition is read; from then on it is handed its records one by one, until the seam closes. One cluster, one order:
 * what comes out depends on the log alone.
 */
export class ClusterLane implements Lane {
  readonly #options: LaneOptions;
  readonly #seams: OpenSeam[];
  readonly #orphans: OrphanMarker;
  /** The seam that is judged by now, and its index. */
  #table = new SeamTable();
  #ends = new EndGrid(0);
  #current = -1;
  #joined = false;
  #caughtUp = false;
  /** The last record that is judged by the seam has come. */
  #isJudged = false;
  /** Offset everything below which was judged, when the live position is near. */
  #reached = 0;
  /** The partition's clock behind all that was read since the election, Unix ms. */
  #clockMs = 0;
  #endOffset: number | undefined;
  #finished = false;
  readonly #steps = new LaneSteps<Step>(() => this.#read());
  /** What it is handed it judges at once. */
  readonly owes = false;

  constructor(options: LaneOptions, seams: readonly OpenSeam[]) {
    this.#options = options;
    this.#seams = [...seams];
    this.#orphans = new OrphanMarker(options);
  }

  /** What would have to be read again by whoever took the partition over now: seams that are not complete, oldest first. */
  get seams(): readonly OpenSeam[] {
    if (this.isAtEnd) return [];
    return this.#seams.slice(Math.max(0, this.#current));
  }

  /** Whether it has come to where its cluster turned vacant. */
  get isAtEnd(): boolean {
    const last = this.#seams.at(-1);
    return this.#joined && last !== undefined && isEndOfReading(last);
  }

  get joined(): boolean {
    return this.#joined;
  }

  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** What is still to come of the cluster whatever was let through of it. */
  hold(nowMs: number): WatermarkHold | undefined {
    const key = keyText(this.#options.key);
    if (!this.#joined) return { kind: 'reading', key, epoch: this.seams[0]?.epoch ?? 0 };
    const seam = this.#seams.at(-1);
    const isWaitedFor = seam !== undefined && !this.isOver() && !this.#isClosed(seam, nowMs - LAST_RECORD_MS);
    const fromMs = isWaitedFor ? this.#table.orphansFromMs : Infinity;
    return fromMs === Infinity ? undefined : { kind: 'ending', key, fromMs };
  }

  /** Another replica was elected while this seam is open: it is dealt with after it. */
  add(seam: OpenSeam): void {
    this.#seams.push(seam);
    if (!this.#joined) return;
    // The ones before are complete: what came of them is in the same transaction, or an earlier one.
    this.#seams.splice(0, this.#seams.length - 1);
    this.#current = -1;
    this.#joined = false;
    this.#caughtUp = false;
    this.#steps.restart();
  }

  /** From this offset on the cluster takes another lane. */
  endAt(offset: number): void {
    this.#endOffset = offset;
    this.#finished = this.#joined;
  }

  get isFinished(): boolean {
    return this.#finished;
  }

  reads(): boolean {
    return false;
  }

  isOver(): boolean {
    return this.#joined && this.#isJudged;
  }

  /** Whether no seam is open at a log time, Unix ms, though the lane may not have come so far. */
  isPast(timestampMs: number): boolean {
    const last = this.#seams.at(-1);
    return last === undefined || last.forerunnerHeardAtMs === null || this.#isClosed(last, timestampMs);
  }

  ready(): Promise<unknown> {
    return this.#steps.ready();
  }

  get hasBegun(): boolean {
    return this.#steps.hasBegun;
  }

  get isReady(): boolean {
    return this.#steps.isReady && !this.#joined;
  }

  async step(transaction: Transaction, nextOffset: number): Promise<void> {
    const step = await this.#steps.take();
    if (step === undefined) return;
    if (step === 'done') this.#finished = true;
    else if (step.kind === 'records') await this.#judgeAll(step.records, transaction);
    else await this.#meet(transaction, nextOffset);
  }

  /** Takes a record of the elected replica as it comes, once the lane has joined. */
  async process(entry: ReplicaRecord, transaction: Transaction): Promise<void> {
    const { elections } = this.#options.state;
    await this.#judge({ ...entry, clockMs: Math.max(this.#clockMs, elections.nowMs) }, transaction);
  }

  async #judge(entry: ReadRecord, transaction: Transaction): Promise<void> {
    const { filter, cluster, countedThrough } = this.#options;
    const { record, headers, clockMs } = entry;
    const seam = this.#seams[this.#current];
    if (seam === undefined) return;
    const { epoch } = seam;
    const counted = record.offset < countedThrough(epoch);
    transaction.tally.countedLane({ cluster, epoch, through: record.offset + 1 });
    const readAgain = record.offset < seam.offset;
    if (this.#isJudged) {
      await filter.pass(record, transaction, { headers, epoch, readAgain, counted });
      return;
    }
    if (record.timestampMs > (seam.forerunnerHeardAtMs ?? 0) + SEND_SKEW_MS) this.#table.outlive();
    await filter.pass(record, transaction, { headers, epoch, seam: this.#table, readAgain, counted });
    // What is read again is not in the order in which shards will go on: who is late there need not be gone.
    this.#isJudged = this.#isClosed(seam, clockMs);
    const isTime = !readAgain && (this.#ends.passes(record.timestampMs) || this.#isJudged);
    const orphans = isTime ? this.#table.takeOrphans(this.#isJudged) : [];
    if (orphans.length > 0) {
      await this.#orphans.mark(
        { orphans, epoch, beforeEpoch: epoch, sinceMs: this.#sinceMs(seam), cause: entry },
        transaction,
      );
    }
  }

  async *#read(): AsyncGenerator<Step, void> {
    while (this.#current < this.#seams.length - 1) {
      const seam = this.#seams[this.#current + 1];
      if (seam === undefined) return;
      const table = await this.#survey(seam);
      this.#table = table;
      this.#ends = new EndGrid(seam.electedAtMs);
      this.#clockMs = seam.electedAtMs;
      this.#isJudged = seam.forerunnerHeardAtMs === null;
      this.#current++;
      const from = seam.forerunnerHeardAtMs === null ? seam.fromOffset : await this.#startOf(seam);
      if (from !== null && from !== undefined) yield* this.#records({ from, until: seam.offset });
      yield* this.#follow(seam.offset);
    }
  }

  /** From the switch to the next one, or to the live position, again and again, until it was met there. */
  async *#follow(from: number): AsyncGenerator<Step, void> {
    for (let at = from; !this.#joined;) {
      const until = this.#nextSwitch() ?? this.#live();
      yield* this.#records({ from: at, until });
      at = until;
      if (this.#nextSwitch() === at) return;
      this.#reached = at;
      yield { kind: 'reached' };
      at = this.#reached;
    }
  }

  #nextSwitch(): number | undefined {
    return this.#seams[this.#current + 1]?.offset ?? this.#endOffset;
  }

  #live(): number {
    return this.#options.unwritten().at(-1)?.next ?? 0;
  }

  async *#records(range: OffsetRange): AsyncGenerator<Step, void> {
    for await (const { records } of this.#slices(range)) if (records.length > 0) yield { kind: 'records', records };
  }

  async *#slices(range: OffsetRange): AsyncGenerator<ReplicaSlice, void> {
    const seam = this.#seams[this.#current];
    if (seam === undefined) return;
    for await (const slice of readReplicas(this.#source(), [seam.replica], { ...range, clockMs: this.#clockMs })) {
      this.#clockMs = slice.clockMs;
      yield slice;
    }
  }

  #source(): ReplicaSource {
    const { reader, topics, partition, signal, name, shard } = this.#options;
    return { reader, topic: topics.samples, partition, signal, name, shard };
  }

  async #judgeAll(records: readonly ReadRecord[], transaction: Transaction): Promise<void> {
    for (const entry of records) await this.#judge(entry, transaction);
  }

  /** Joins where the lane has come to the live position; a short rest is read at once, because nothing moves meanwhile. */
  async #meet(transaction: Transaction, nextOffset: number): Promise<void> {
    if (this.#nextSwitch() !== undefined || nextOffset - this.#reached > LAST_STRETCH) return;
    const seam = this.#seams[this.#current];
    if (seam === undefined) return;
    const rest = this.#slices({ from: this.#reached, until: nextOffset });
    this.#reached = await judgeLastStretch(rest, nextOffset, (records) => this.#judgeAll(records, transaction));
    if (this.#reached < nextOffset) return;
    this.#joined = true;
    const { observer, name } = this.#options;
    transaction.afterwards(() => {
      this.#caughtUp = this.#joined;
      if (!isEndOfReading(seam)) observer.joined(name, seam);
    });
  }

  /** What the epochs before have let through, of the window before the forerunner's last record. */
  async #survey(seam: OpenSeam): Promise<SeamTable> {
    const { state, unwritten, key } = this.#options;
    const table = new SeamTable();
    if (seam.forerunnerHeardAtMs === null) return table;
    const sinceMs = this.#sinceMs(seam);
    const outputs = unwritten().flatMap((transaction) => transaction.outputs);
    await state.history.survey(
      { key: keyText(key), sinceMs, beforeEpoch: seam.epoch, unwritten: outputs },
      {
        advance: (high, low, timestampMs, item) => {
          if (timestampMs >= sinceMs) table.note(high, low, timestampMs, item);
          return true;
        },
      },
    );
    return table;
  }

  /** By the clock at a record alone, as for fills: when the lane comes to it must not matter. */
  #isClosed(seam: OpenSeam, clockMs: number): boolean {
    return clockMs >= seam.electedAtMs + this.#windowMs(seam);
  }

  #sinceMs(seam: OpenSeam): number {
    return forerunnerEndMs(seam) - this.#windowMs(seam);
  }

  /** By the settings at its place: those that came later must not matter. */
  #windowMs({ offset }: OpenSeam): number {
    return this.#options.state.inForce.at(offset).seamWindowMs;
  }

  async #startOf(seam: OpenSeam): Promise<number> {
    const { reader, topics, partition } = this.#options;
    const from = await reader.offsetAt(topics.samples, partition, Math.max(0, this.#sinceMs(seam)));
    return Math.min(from, seam.offset);
  }
}
