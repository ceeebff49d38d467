import { SEND_SKEW_MS, type Orphan } from '../seam-table.ts';
import { continues } from './continues.ts';
import { isAway, type FillJudge, type FillSample, type FillSource, type FillVisitor } from './fill-sample.ts';
import {
  ABSENT,
  BY_STANDBY,
  FALLS_SHIFT,
  FillSeries,
  HELD_MS,
  INTERVAL_MS,
  LAST_MS,
  LAST_VALUE,
  LEADER_MS,
  LEADER_VALUE,
  STALE,
  STANDBY_MS,
  STANDBY_VALUE,
} from './fill-series.ts';
import { type FillUp } from './fill-settings.ts';
import { FillTargets } from './fill-targets.ts';
import { FillWaits } from './fill-waits.ts';

/** How far past a held marker the standby must be until a series counts as one it does not have: shards may be late. */
const PATIENCE_MS = 30_000;
/** The longest interval a series is taken to have where it matters how long one is. */
const MAX_INTERVAL_MS = 60_000;

/**
 * A fill: of each series of the targets the elected replica cannot scrape, what went on, what either replica says, and
 * by that whose samples go on (SPEC.md, "Fills"). It lives as long as the fill's term.
 */
export class FillTable {
  readonly #series = new FillSeries();
  readonly #targets = new FillTargets();
  readonly #waits = new FillWaits(this.#series);
  readonly #up: FillUp;
  /** Targets from this index on were added last. */
  #firstAdded = 0;
  #sinceMs = -Infinity;
  /** Judges the elected replica's samples, of all targets. */
  readonly elected: FillJudge = { admits: (...sample) => this.#admitsElected(...sample) };
  /** Judges what waited of the elected replica's samples once more, in its order. */
  readonly returned: FillJudge = { admits: (...sample) => this.#admitsReturned(...sample) };
  /** Judges the standby's samples, of the filled targets alone. */
  readonly standby: FillJudge = { admits: (...sample) => this.#admitsStandby(...sample) };
  #highMs = -Infinity;
  #longestMs = 0;
  #standbyHighMs = -Infinity;
  #leaderHighMs = -Infinity;
  #dueMs = Infinity;
  #turned = false;
  #undecided = 0;
  /** Of the sample at hand: the value of its replica's sample before it. */
  #beforeValue = NaN;
  #held = 0;
  #suppressed = 0;
  /** Held markers of series that the standby has ended, too. */
  #ended: Orphan[] = [];

  constructor(up: FillUp) {
    this.#up = up;
  }

  /** Series of the filled targets met so far. */
  get size(): number {
    return this.#series.size;
  }

  /**
   * Fills more targets, by their hashes.
   *
   * @param sinceMs from when on note is taken of what went on, Unix ms: an older sample may have gone on, or been ended
   */
  add(targets: readonly string[], sinceMs: number): void {
    this.#firstAdded = this.#targets.size;
    this.#sinceMs = sinceMs;
    for (const target of targets) this.#targets.add(target);
    // What is known of their series by what went on may decide what the standby had sent before.
    this.#turned = true;
  }

  /** Whether a sample is of a target that is filled. */
  wants(sample: FillSample): boolean {
    return this.#indexOf(sample) >= 0;
  }

  /** Whether a sample is of a target that was added last. */
  wantsAdded(sample: FillSample): boolean {
    return this.#indexOf(sample) >= this.#firstAdded;
  }

  /**
   * Takes note of what went on before: of each series in order, of the targets added last alone.
   *
   * @param by who had sent it
   */
  noting(by: FillSource): FillVisitor {
    return (high, low, timestampMs, sample) => {
      const target = this.#indexOf(sample);
      if (target >= this.#firstAdded) this.#note(by, this.#slotFor(high, low, target), timestampMs, sample);
    };
  }

  #note(by: FillSource, slot: number, timestampMs: number, sample: FillSample): void {
    const series = this.#series;
    if (timestampMs <= series.number(slot, LAST_MS)) return;
    const field = by === 'standby' ? STANDBY_MS : LEADER_MS;
    // A marker that went on may have been written for the replica, and not at the time of a scrape.
    if (by !== 'other' && sample.stale) series.took(slot, field, timestampMs, sample);
    else if (by !== 'other') this.#sent(slot, field, timestampMs, sample);
    this.#goesOn(slot, timestampMs, sample, by === 'standby');
    const isAbsent = by !== 'elected' || isAway(sample);
    const flags = series.flags(slot);
    series.setFlags(slot, isAbsent ? flags | ABSENT : flags & ~ABSENT);
  }

  /** The slot of a series, which is taken in where it is not known. */
  #slotFor(high: number, low: number, target: number): number {
    const slot = this.#series.slotOf(high, low);
    return this.#series.flags(slot) === 0 ? this.#series.insert(high, low, target) : slot;
  }

  /** A record of the elected replica: what it reports down, and the clock. */
  down(hashes: readonly string[], downMs: number, nowMs: number): void {
    this.#targets.down(hashes, downMs, nowMs);
  }

  /** Moves the clock to the log time of a record. */
  advance(nowMs: number): void {
    if (this.#targets.settle(nowMs)) this.#turned = true;
    this.#waits.advance(nowMs);
  }

  /** Samples of the elected replica that wait for what a standby may still send before them. */
  get waits(): Pick<FillWaits, 'has' | 'takeAdded' | 'takeOver' | 'endAll'> {
    return this.#waits;
  }

  /** A record of the elected replica, and the newest sample in it, Unix ms. */
  leaderReached(timestampMs: number): void {
    this.#leaderHighMs = Math.max(this.#leaderHighMs, timestampMs);
  }

  /** A record of the standby, and the newest sample in it, Unix ms. */
  reached(timestampMs: number): void {
    this.#standbyHighMs = Math.max(this.#standbyHighMs, timestampMs);
  }

  /** Whether samples of the standby that were undecided may be decided by now; asks once. */
  takeTurned(): boolean {
    const turned = this.#turned;
    this.#turned = false;
    return turned;
  }

  /** Samples of the standby that could not be decided since it was asked last: the elected replica may still have them. */
  takeUndecided(): number {
    const undecided = this.#undecided;
    this.#undecided = 0;
    return undecided;
  }

  /** Markers held since it was asked last, and those that came to nothing: the standby continues their series. */
  takeCounts(): { readonly held: number; readonly suppressed: number } {
    const counts = { held: this.#held, suppressed: this.#suppressed };
    this.#held = this.#suppressed = 0;
    return counts;
  }

  /** Held markers of series that the standby has ended, or does not have: it is well past them. */
  takeOrphans(): readonly Orphan[] {
    const ended = this.#takeEnded();
    if (this.#standbyHighMs < this.#dueMs) return ended;
    this.#dueMs = Infinity;
    const passed = this.#release((slot, heldMs) => {
      const dueMs = heldMs + this.#intervalMs(slot) + PATIENCE_MS;
      if (this.#standbyHighMs < dueMs) this.#dueMs = Math.min(this.#dueMs, dueMs);
      return this.#standbyHighMs >= dueMs;
    });
    return [...ended, ...passed];
  }

  /** All markers that are held: the term is over. */
  takeHeld(): readonly Orphan[] {
    return [...this.#takeEnded(), ...this.#release(() => true)];
  }

  #takeEnded(): readonly Orphan[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  /**
   * Ends of the series that only the standby had: nobody fills them any more. One interval behind their last sample, and
   * no later than the skew before the elected replica's newest one: it may have scraped them since.
   *
   * @param kept targets that are filled on
   */
  takeAbandoned(kept: readonly string[] = []): readonly Orphan[] {
    const series = this.#series;
    const orphans: Orphan[] = [];
    const isKept = new Set(kept.map((hash) => this.#targets.indexOfHash(hash)));
    for (let slot = 0; slot < series.slots; slot++) {
      if (
        isKept.has(series.target(slot)) ||
        (series.flags(slot) & (BY_STANDBY | ABSENT | STALE)) !== (BY_STANDBY | ABSENT)
      )
        continue;
      const lastMs = series.number(slot, LAST_MS);
      const dueMs = Math.min(lastMs + this.#intervalMs(slot), this.#leaderHighMs - SEND_SKEW_MS);
      orphans.push(this.#end(slot, Math.max(lastMs + 1, dueMs)));
    }
    return orphans;
  }

  #release(isDue: (slot: number, heldMs: number) => boolean): readonly Orphan[] {
    const series = this.#series;
    const orphans: Orphan[] = [];
    for (let slot = 0; slot < series.slots; slot++) {
      const heldMs = series.flags(slot) === 0 ? NaN : series.number(slot, HELD_MS);
      if (!Number.isNaN(heldMs) && isDue(slot, heldMs)) orphans.push(this.#end(slot, heldMs));
    }
    return orphans;
  }

  #end(slot: number, timestampMs: number): Orphan {
    const series = this.#series;
    series.setNumber(slot, HELD_MS, NaN);
    series.setNumber(slot, LAST_MS, timestampMs);
    series.setFlags(slot, (series.flags(slot) & ~BY_STANDBY) | STALE);
    return { high: series.high(slot), low: series.low(slot), timestampMs };
  }

  #admitsElected(high: number, low: number, timestampMs: number, sample: FillSample): boolean {
    const target = this.#indexOf(sample);
    if (target < 0) return true;
    const slot = this.#slotFor(high, low, target);
    const isOld = timestampMs <= this.#series.number(slot, LEADER_MS);
    if (!isOld && this.#waits.mustWait(slot, timestampMs, sample)) return false;
    return this.#judgeElected(slot, timestampMs, sample);
  }

  #admitsReturned(high: number, low: number, timestampMs: number, sample: FillSample): boolean {
    if (this.#waits.has(high, low, timestampMs)) return this.#waits.add();
    return this.#judgeElected(this.#series.slotOf(high, low), timestampMs, sample);
  }

  #judgeElected(slot: number, timestampMs: number, sample: FillSample): boolean {
    const series = this.#series;
    // A request that is sent again, or comes late, says nothing new.
    if (timestampMs <= series.number(slot, LEADER_MS)) {
      const byStandby = (series.flags(slot) & BY_STANDBY) !== 0;
      return !byStandby && timestampMs !== series.number(slot, HELD_MS);
    }
    this.#beforeValue = series.number(slot, LEADER_VALUE);
    this.#sent(slot, LEADER_MS, timestampMs, sample);
    return isAway(sample) ? this.#leaves(slot, timestampMs, sample) : this.#returns(slot, timestampMs, sample);
  }

  /** The elected replica says that it does not have a series any more. */
  #leaves(slot: number, timestampMs: number, sample: FillSample): boolean {
    const series = this.#series;
    const flags = series.flags(slot);
    series.setFlags(slot, flags | ABSENT);
    this.#turned = true;
    // An `up` of 0 is said once: with more of them the standby would never be half an interval behind.
    if ((flags & BY_STANDBY) !== 0 || (!sample.stale && (flags & ABSENT) !== 0)) {
      this.#suppressed++;
      return false;
    }
    // What ended before, or was never there, has nothing to be held; and an `up` of 0 comes again.
    if (sample.stale && (flags & STALE) === 0 && timestampMs > series.number(slot, LAST_MS)) {
      series.setNumber(slot, HELD_MS, timestampMs);
      this.#dueMs = Math.min(this.#dueMs, timestampMs + this.#intervalMs(slot) + PATIENCE_MS);
      this.#held++;
      return false;
    }
    this.#goesOn(slot, timestampMs, sample, false);
    return true;
  }

  /** The elected replica has a series, still or again. */
  #returns(slot: number, timestampMs: number, sample: FillSample): boolean {
    const series = this.#series;
    const flags = series.flags(slot);
    series.setFlags(slot, flags & ~ABSENT);
    this.#dropHeld(slot);
    if ((flags & BY_STANDBY) !== 0 && !continues(series, { slot, timestampMs, beforeValue: this.#beforeValue }, sample))
      return false;
    this.#goesOn(slot, timestampMs, sample, false);
    return true;
  }

  #admitsStandby(high: number, low: number, timestampMs: number, sample: FillSample): boolean {
    const target = this.#indexOf(sample);
    if (target < 0) return false;
    const series = this.#series;
    const slot = series.slotOf(high, low);
    if (series.flags(slot) === 0) {
      if (!this.#mayBegin(target, timestampMs, sample)) return false;
      this.#begin(series.insert(high, low, target), timestampMs, sample);
      return true;
    }
    if (timestampMs <= series.number(slot, STANDBY_MS)) return false;
    const isLate = timestampMs <= series.number(slot, LAST_MS);
    if (!isLate && (this.#waits.isOver(slot) || !this.#isAbsent(slot))) {
      this.#undecided++;
      return false;
    }
    this.#beforeValue = series.number(slot, STANDBY_VALUE);
    this.#sent(slot, STANDBY_MS, timestampMs, sample);
    const goesOn = !isLate && this.#fills(slot, timestampMs, sample);
    if (goesOn) {
      this.#dropHeld(slot);
      this.#goesOn(slot, timestampMs, sample, true);
    }
    this.#waits.reached(slot, timestampMs);
    return goesOn;
  }

  /** A series that nobody has let through lately begins where the fill does, and not with its own end. */
  #mayBegin(target: number, timestampMs: number, { stale }: FillSample): boolean {
    const floorMs = this.#highMs - SEND_SKEW_MS - Math.min(this.#longestMs, MAX_INTERVAL_MS);
    if (stale || timestampMs <= floorMs || timestampMs < this.#sinceMs) return false;
    if (this.#targets.isDownAfter(target, -Infinity)) return true;
    this.#undecided++;
    return false;
  }

  #begin(slot: number, timestampMs: number, sample: FillSample): void {
    this.#sent(slot, STANDBY_MS, timestampMs, sample);
    this.#series.setFlags(slot, this.#series.flags(slot) | ABSENT);
    this.#goesOn(slot, timestampMs, sample, true);
  }

  #fills(slot: number, timestampMs: number, sample: FillSample): boolean {
    const flags = this.#series.flags(slot);
    // It has ended already.
    if (sample.stale && (flags & STALE) !== 0) return false;
    const heldMs = this.#series.number(slot, HELD_MS);
    // Of two ends the later one: the other would be newer than the end when it is sent again, behind the fill.
    if (sample.stale && timestampMs <= heldMs) {
      this.#ended.push(this.#end(slot, heldMs));
      return false;
    }
    return (
      (flags & BY_STANDBY) !== 0 ||
      continues(this.#series, { slot, timestampMs, beforeValue: this.#beforeValue }, sample)
    );
  }

  /** Whether the elected replica does not have a series, for all that can still come. */
  #isAbsent(slot: number): boolean {
    const series = this.#series;
    if ((series.flags(slot) & ABSENT) !== 0) return true;
    const leaderMs = series.number(slot, LEADER_MS);
    return this.#targets.isDownAfter(series.target(slot), Number.isNaN(leaderMs) ? -Infinity : leaderMs);
  }

  #goesOn(slot: number, timestampMs: number, { value, stale }: FillSample, byStandby: boolean): void {
    const series = this.#series;
    if (timestampMs <= series.number(slot, LAST_MS)) return;
    const turned = byStandby !== ((series.flags(slot) & BY_STANDBY) !== 0);
    const kept = series.flags(slot) & ~(STALE | BY_STANDBY) & (turned ? (1 << FALLS_SHIFT) - 1 : -1);
    series.setFlags(slot, kept | (stale ? STALE : 0) | (byStandby ? BY_STANDBY : 0));
    series.setNumber(slot, LAST_MS, timestampMs);
    series.setNumber(slot, LAST_VALUE, value);
    this.#highMs = Math.max(this.#highMs, timestampMs);
  }

  /** A sample of a series goes on, or its replica has it again: its marker has come to nothing. */
  #dropHeld(slot: number): void {
    if (Number.isNaN(this.#series.number(slot, HELD_MS))) return;
    this.#series.setNumber(slot, HELD_MS, NaN);
    this.#suppressed++;
  }

  #sent(slot: number, field: typeof LEADER_MS | typeof STANDBY_MS, timestampMs: number, sample: FillSample): void {
    this.#longestMs = Math.max(this.#longestMs, this.#series.sent(slot, field, timestampMs, sample));
  }

  #intervalMs(slot: number): number {
    const known = this.#series.number(slot, INTERVAL_MS);
    return Math.min(Number.isNaN(known) ? this.#longestMs || MAX_INTERVAL_MS : known, MAX_INTERVAL_MS);
  }

  #indexOf({ targetHigh, targetLow, report }: FillSample): number {
    if (report !== undefined && (report === 'scrape' || this.#up === 'leader')) return -1;
    return this.#targets.indexOf(targetHigh, targetLow);
  }
}
