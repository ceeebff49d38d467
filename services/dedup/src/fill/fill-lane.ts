import { EndGrid, FillTable, type FillStep, type Orphan, type WatermarkHold } from '@tandem/election';
import { type LogRecord } from '@tandem/stream';

import { keyText } from '../bytes.ts';
import { type LaneOptions } from '../seam/cluster-lane.ts';
import { type Lane } from '../seam/lane.ts';
import { judgeLastStretch, LAST_STRETCH } from '../seam/last-stretch.ts';
import { LaneSteps } from '../seam/lane-steps.ts';
import { OrphanMarker, type Marking } from '../seam/orphan-marker.ts';
import {
  readReplicas,
  type OffsetRange,
  type ReplicaRecord,
  type ReplicaSlice,
  type ReplicaSource,
} from '../seam/seam-reader.ts';
import { type Transaction } from '../transaction.ts';
import { extractSamples } from './extract-samples.ts';
import { PendingBodies } from './pending-bodies.ts';
import { surveyFill, tableOf } from './survey-fill.ts';

/** A step of catching up. */
type Step =
  /** A term begins, or more targets join it. */
  | { readonly kind: 'begin'; readonly step: FillStep }
  /** What the standby had sent before that. */
  | { readonly kind: 'before'; readonly records: readonly ReplicaRecord[] }
  /** Records of both replicas from there on. */
  | { readonly kind: 'records'; readonly records: readonly ReplicaRecord[] }
  /** Everything below {@link FillLane.#reached} was given. */
  | { readonly kind: 'reached' };

/**
 * The lane of a cluster while targets that its elected replica cannot scrape are filled from a standby (SPEC "Fills").
 * The elected replica's records go through as ever, but for what the fill holds; of the standby's, what the fill needs.
 */
export class FillLane implements Lane {
  readonly #options: LaneOptions;
  readonly #plan: FillStep[] = [];
  readonly #orphans: OrphanMarker;
  /** The standby's. */
  readonly #pending = new PendingBodies();
  /** The elected replica's, behind a gap that the standby may still fill. */
  readonly #waiting = new PendingBodies();
  readonly #steps = new LaneSteps<Step>(() => this.#read());
  /** The step of the plan that is done, and the term it is of. */
  #at = -1;
  #term: FillStep | undefined;
  #table = new FillTable('leader');
  #ends = new EndGrid(0);
  /** The record that was judged last, without its body: the lane may stay open for hours. */
  #last: Marking['cause'] | undefined;
  #endOffset: number | undefined;
  /** Offset everything below which was judged, when the live position is near. */
  #reached = 0;
  #joined = false;
  #caughtUp = false;
  #finished = false;

  constructor(options: LaneOptions, steps: readonly FillStep[]) {
    this.#options = options;
    this.#orphans = new OrphanMarker(options);
    for (const step of steps) this.add(step);
  }

  /** What would have to be done again by whoever took the partition over now, oldest first. */
  get plan(): readonly FillStep[] {
    // Closed but not joined, it has not read everything up to the live position.
    if (this.#finished || this.isOver()) return [];
    const open = this.#plan.slice(0, this.#at + 1).findLastIndex(({ kind }) => kind === 'open');
    return this.#plan.slice(Math.max(0, open));
  }

  get joined(): boolean {
    return this.#joined;
  }

  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  get hasBegun(): boolean {
    return this.#steps.hasBegun;
  }

  get isReady(): boolean {
    return this.#steps.isReady && !this.#joined;
  }

  get isFinished(): boolean {
    return this.#finished;
  }

  get owes(): boolean {
    return !this.#waiting.isEmpty;
  }

  /** What is filled changes. */
  add(step: FillStep): void {
    this.#plan.push(step);
    if (!this.#joined || step.kind === 'close') return;
    this.#leave();
  }

  endAt(offset: number): void {
    this.#endOffset = offset;
    if (!this.#joined) return;
    // What waits goes on with the last step, as that of a lane that has not joined.
    if (this.owes) this.#leave();
    else this.#finished = true;
  }

  /** Reads again before it takes records as they come. */
  #leave(): void {
    this.#joined = false;
    this.#caughtUp = false;
    this.#steps.restart();
  }

  isOver(): boolean {
    return this.#joined && this.#isClosed;
  }

  hold(): WatermarkHold | undefined {
    // No epoch ends: it goes on from where it has come.
    return this.#joined ? undefined : { kind: 'reading', key: keyText(this.#options.key), epoch: Infinity };
  }

  reads(replica: string): boolean {
    return !this.#isClosed && replica === this.#term?.standby;
  }

  ready(): Promise<unknown> {
    return this.#steps.ready();
  }

  async step(transaction: Transaction, nextOffset: number): Promise<void> {
    const step = await this.#steps.take();
    if (step === undefined) return;
    if (step === 'done') await this.#finish(transaction);
    else if (step.kind === 'begin') await this.#begin(step.step, transaction);
    else if (step.kind === 'before') this.#keepAll(step.records, transaction);
    else if (step.kind === 'records') await this.#judgeAll(step.records, transaction);
    else await this.#meet(transaction, nextOffset);
  }

  async process(entry: ReplicaRecord, transaction: Transaction): Promise<void> {
    const { record, headers } = entry;
    const next = this.#plan[this.#at + 1];
    if (next?.kind === 'close' && next.offset <= record.offset) await this.#close(entry, transaction);
    const term = this.#term;
    if (term === undefined) return;
    const { cluster, key } = this.#options;
    this.#last = { headers, record: { offset: record.offset, timestampMs: record.timestampMs, key } };
    transaction.tally.countedLane({ cluster, epoch: term.epoch, through: record.offset + 1 });
    if (headers.pair?.replica === term.elected) await this.#elected(entry, term, transaction);
    else if (!this.#isClosed) await this.#standby(entry, term, transaction);
    if (this.#isClosed) return;
    if (this.#ends.passes(record.timestampMs)) await this.#mark(this.#table.takeOrphans(), entry, transaction);
    this.#count(transaction);
  }

  get #isClosed(): boolean {
    return this.#plan[this.#at]?.kind === 'close';
  }

  #windowMs({ offset }: FillStep): number {
    return this.#options.state.inForce.at(offset).seamWindowMs;
  }

  #sinceMs(step: FillStep): number {
    return step.atMs - this.#windowMs(step);
  }

  async *#read(): AsyncGenerator<Step, void> {
    for (let step = this.#nextBegin(); step !== undefined; step = this.#nextBegin()) {
      yield { kind: 'begin', step };
      await surveyFill(this.#options, this.#table, {
        step,
        term: this.#term?.offset ?? step.offset,
        sinceMs: this.#sinceMs(step),
      });
      const range = { from: await this.#startOf(step), until: step.offset };
      for await (const { records } of readReplicas(this.#source(), [step.standby], range))
        yield { kind: 'before', records };
      yield* this.#follow(step);
    }
  }

  /** From a step to the next one, or to the live position, again and again, until it was met there. */
  async *#follow(step: FillStep): AsyncGenerator<Step, void> {
    for (let at = step.offset; !this.#joined;) {
      const until = this.#until() ?? this.#options.unwritten().at(-1)?.next ?? 0;
      for await (const { records } of this.#readBoth(step, { from: at, until })) yield { kind: 'records', records };
      at = until;
      if (this.#until() === at) return;
      this.#reached = at;
      yield { kind: 'reached' };
      at = this.#reached;
    }
  }

  #nextBegin(): FillStep | undefined {
    return this.#plan.find(({ kind }, index) => index > this.#at && kind !== 'close');
  }

  #until(): number | undefined {
    return this.#nextBegin()?.offset ?? this.#endOffset;
  }

  #readBoth({ elected, standby }: FillStep, range: OffsetRange): AsyncGenerator<ReplicaSlice> {
    return readReplicas(this.#source(), [elected, standby], range);
  }

  #source(): ReplicaSource {
    const { reader, topics, partition, signal, name, shard } = this.#options;
    return { reader, topic: topics.samples, partition, signal, name, shard };
  }

  async #startOf(step: FillStep): Promise<number> {
    const { reader, topics, partition } = this.#options;
    return Math.min(await reader.offsetAt(topics.samples, partition, Math.max(0, this.#sinceMs(step))), step.offset);
  }

  async #begin(step: FillStep, transaction: Transaction): Promise<void> {
    if (step.kind === 'open' && this.#last !== undefined) {
      await this.#endWaits(transaction);
      const ends = [...this.#table.takeHeld(), ...this.#table.takeAbandoned(step.targets)];
      await this.#mark(ends, this.#last, transaction);
    }
    this.#at = this.#plan.indexOf(step);
    if (step.kind === 'open') {
      this.#term = step;
      this.#table = tableOf(this.#options, step);
      this.#ends = new EndGrid(step.atMs);
      this.#pending.clear();
    }
    this.#table.add(step.targets, this.#sinceMs(step));
  }

  /** Everything up to its end was judged: another lane goes on from there, so what waits goes on now or never. */
  async #finish(transaction: Transaction): Promise<void> {
    await this.#endWaits(transaction);
    this.#finished = true;
  }

  #keepAll(records: readonly ReplicaRecord[], transaction: Transaction): void {
    for (const entry of records) {
      const needed = extractSamples(entry, this.#options, (_high, _low, _timestampMs, item) =>
        this.#table.wantsAdded(item),
      );
      if (needed !== undefined) this.#keep(needed, transaction);
    }
  }

  async #judgeAll(records: readonly ReplicaRecord[], transaction: Transaction): Promise<void> {
    for (const entry of records) await this.process(entry, transaction);
  }

  /** Joins where the lane has come to the live position; a short rest is read at once, because nothing moves meanwhile. */
  async #meet(transaction: Transaction, nextOffset: number): Promise<void> {
    const term = this.#term;
    if (term === undefined || this.#until() !== undefined || nextOffset - this.#reached > LAST_STRETCH) return;
    const rest = this.#readBoth(term, { from: this.#reached, until: nextOffset });
    this.#reached = await judgeLastStretch(rest, nextOffset, (records) => this.#judgeAll(records, transaction));
    if (this.#reached < nextOffset) return;
    this.#joined = true;
    transaction.afterwards(() => {
      this.#caughtUp = this.#joined;
    });
  }

  async #elected(entry: ReplicaRecord, term: FillStep, transaction: Transaction): Promise<void> {
    const { filter, countedThrough } = this.#options;
    const { record, headers } = entry;
    const { epoch } = term;
    const counted = record.offset < countedThrough(epoch);
    if (this.#isClosed) {
      await filter.pass(record, transaction, { headers, epoch, counted });
      return;
    }
    await this.#advance(record, term, transaction);
    if (headers.span !== undefined) {
      this.#table.down(headers.downTargets, headers.span.minTimestampMs, record.timestampMs);
      this.#table.leaderReached(headers.span.maxTimestampMs);
    }
    await filter.pass(record, transaction, { headers, epoch, seam: this.#table.elected, drop: 'fill', counted });
    await this.#keepWaiting(entry, term, transaction);
    await this.#decidePending(record, term, transaction);
    await this.#decideWaiting(term, transaction);
  }

  async #standby(entry: ReplicaRecord, term: FillStep, transaction: Transaction): Promise<void> {
    const { record, headers } = entry;
    await this.#advance(record, term, transaction);
    await this.#decidePending(record, term, transaction);
    if (headers.span === undefined) return;
    this.#table.reached(headers.span.maxTimestampMs);
    const needed = extractSamples(entry, this.#options, (_high, _low, _timestampMs, item) => this.#table.wants(item));
    if (needed !== undefined && !(await this.#fill(needed, term, transaction))) this.#keep(needed, transaction);
    await this.#decideWaiting(term, transaction);
  }

  async #advance({ timestampMs }: LogRecord, term: FillStep, transaction: Transaction): Promise<void> {
    this.#table.advance(timestampMs);
    await this.#decideWaiting(term, transaction);
  }

  /** Keeps what waits of a record of the elected replica. */
  async #keepWaiting(entry: ReplicaRecord, term: FillStep, transaction: Transaction): Promise<void> {
    if (this.#table.waits.takeAdded() === 0) return;
    const needed = this.#waitingOf(entry);
    if (needed === undefined) return;
    if (this.#waiting.fits(needed)) {
      this.#waiting.add(needed);
      return;
    }
    // Nothing of it is forgotten: it is the elected replica's.
    await this.#endWaits(transaction);
    await this.#letReturn(needed, term, transaction);
  }

  #waitingOf(entry: ReplicaRecord): ReplicaRecord | undefined {
    const { waits } = this.#table;
    return extractSamples(entry, this.#options, (high, low, timestampMs) => waits.has(high, low, timestampMs));
  }

  /** Lets go on what waits no longer. */
  async #decideWaiting(term: FillStep, transaction: Transaction): Promise<void> {
    if (!this.#table.waits.takeOver()) return;
    await this.#waiting.decide((entry) => this.#letReturn(entry, term, transaction));
  }

  /** Lets through what waits no longer of a body; the rest of it waits on, and nothing is judged twice. */
  async #letReturn(entry: ReplicaRecord, term: FillStep, transaction: Transaction): Promise<ReplicaRecord | undefined> {
    const { record, headers } = entry;
    const { waits, returned: seam } = this.#table;
    const { epoch, offset: fill } = term;
    await this.#options.filter.pass(record, transaction, { headers, epoch, seam, fill, hasWaited: true });
    return waits.takeAdded() === 0 ? undefined : this.#waitingOf(entry);
  }

  async #endWaits(transaction: Transaction): Promise<void> {
    const term = this.#term;
    if (term === undefined) return;
    this.#table.waits.endAll();
    await this.#decideWaiting(term, transaction);
  }

  #keep(entry: ReplicaRecord, transaction: Transaction): void {
    const { observer } = this.#options;
    const forgotten = this.#pending.add(entry);
    if (forgotten > 0) transaction.afterwards(() => observer.fills.forgotten(forgotten));
  }

  /** Decides what could not be decided before, where something new is known. */
  async #decidePending(now: LogRecord, term: FillStep, transaction: Transaction): Promise<void> {
    this.#pending.forgetBefore(now.timestampMs - this.#windowMs(term));
    if (!this.#table.takeTurned()) return;
    await this.#pending.decide(async (entry) => ((await this.#fill(entry, term, transaction)) ? undefined : entry));
  }

  /** Lets through what is needed of a standby's body; whether nothing of it is undecided. */
  async #fill(entry: ReplicaRecord, { epoch, offset: fill }: FillStep, transaction: Transaction): Promise<boolean> {
    const { record, headers } = entry;
    await this.#options.filter.pass(record, transaction, { headers, epoch, seam: this.#table.standby, fill });
    return this.#table.takeUndecided() === 0;
  }

  /** Nothing is filled any more: what is held goes out, and what only the standby had ends. */
  async #close(entry: ReplicaRecord, transaction: Transaction): Promise<void> {
    await this.#endWaits(transaction);
    const ends = [...this.#table.takeHeld(), ...this.#table.takeAbandoned()];
    await this.#mark(ends, entry, transaction);
    this.#count(transaction);
    this.#at++;
    this.#pending.clear();
    this.#table = new FillTable('leader');
  }

  async #mark(orphans: readonly Orphan[], cause: Marking['cause'], transaction: Transaction): Promise<void> {
    const term = this.#term;
    if (orphans.length === 0 || term === undefined) return;
    const { epoch, offset: fill } = term;
    const sinceMs = this.#sinceMs(term);
    await this.#orphans.mark({ orphans, epoch, beforeEpoch: epoch + 1, sinceMs, cause, fill }, transaction);
  }

  #count(transaction: Transaction): void {
    const { observer } = this.#options;
    const { held, suppressed } = this.#table.takeCounts();
    if (held + suppressed > 0) transaction.afterwards(() => observer.fills.markers(held, suppressed));
  }
}
