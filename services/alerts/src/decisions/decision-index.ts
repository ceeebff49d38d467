import { type DecisionOutline } from '@tandem/records';

import { areAlertsWanted, isSubjectWanted, type DecisionFilter } from './decision-filter.ts';
import {
  comparePlaces,
  RowTable,
  type DecisionPlace,
  type IndexRow,
  type RecordPlace,
  type WholeDecision,
} from './index-row.ts';

/** What an index holds at most. */
export interface DecisionIndexLimits {
  /** How old a decision may be, ms. */
  readonly maxAgeMs: number;
  /** Memory, estimated. */
  readonly maxBytes: number;
}

/** A part of what was found, the newest first. */
export interface FoundPlaces {
  readonly places: readonly DecisionPlace[];
  /** Whether there is more behind the last one. */
  readonly more: boolean;
}

/** Rows that may wait for their place before they are put there. */
const MAX_INCOMING = 4096;
/** Writers whose last sequence is remembered, in each partition. */
const MAX_WRITERS = 10_000;

/**
 * What is asked of decisions, answered from memory (SPEC.md, D6 to D8). Rows are put in their order when somebody asks: they
 * come partition by partition while the topic is read for the first time, and nearly in order from then on.
 */
export class DecisionIndex {
  readonly #limits: DecisionIndexLimits;
  readonly #table = new RowTable();
  /** By {@link comparePlaces}. */
  #rows: IndexRow[] = [];
  #incoming: IndexRow[] = [];
  /** The last sequence of each writer in each partition. */
  readonly #sequences = new Map<string, number>();

  constructor(limits: DecisionIndexLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#rows.length + this.#incoming.length;
  }

  /** Memory, estimated. */
  get bytes(): number {
    return this.#table.bytes;
  }

  /** Time of the oldest decision, Unix ms. */
  get oldestMs(): number | undefined {
    this.#settle();
    return this.#rows[0]?.timeMs;
  }

  /**
   * Takes a decision as it stands in the log, unless it has it.
   *
   * @param whole reads the whole of it: asked only where it has labels that are new
   */
  add(decision: DecisionOutline, whole: () => WholeDecision, place: RecordPlace): void {
    if (this.#isDouble(decision, place.partition)) return;
    this.#incoming.push(this.#table.rowOf(decision, whole, place));
    if (this.#incoming.length >= MAX_INCOMING) this.#settle();
  }

  /** Forgets what is too old at a time, Unix ms. */
  forget(nowMs: number): void {
    this.#settle();
    this.#drop(firstFrom(this.#rows, { timeMs: nowMs - this.#limits.maxAgeMs, partition: 0, offset: 0 }));
  }

  /** What is wanted, the newest first; `after`: what is before that alone. */
  search(filter: DecisionFilter, limit: number, after?: DecisionPlace): FoundPlaces {
    this.#settle();
    const { sinceMs = -Infinity, untilMs = Infinity } = filter;
    const isWanted = rowFilter(filter, this.#table.idLimits);
    const places: IndexRow[] = [];
    const end = firstFrom(this.#rows, { timeMs: untilMs, partition: 0, offset: 0 });
    for (let at = Math.min(end, after ? firstFrom(this.#rows, after) : end) - 1; at >= 0; at--) {
      const row = this.#rows[at];
      if (row === undefined || row.timeMs < sinceMs) break;
      if (!isWanted(row)) continue;
      if (places.length === limit) return { places, more: true };
      places.push(row);
    }
    return { places, more: false };
  }

  #isDouble({ writer, sequence }: DecisionOutline, partition: number): boolean {
    const key = `${partition}/${writer}`;
    const last = this.#sequences.get(key);
    if (last !== undefined && sequence <= last) return true;
    this.#sequences.delete(key);
    this.#sequences.set(key, sequence);
    if (this.#sequences.size > MAX_WRITERS) this.#sequences.delete([...this.#sequences.keys()][0] ?? '');
    return false;
  }

  /** Puts what has come in its place, and forgets the oldest where there is no room. */
  #settle(): void {
    if (this.#incoming.length === 0) return;
    const incoming = this.#incoming.toSorted(comparePlaces);
    this.#incoming = [];
    const [first] = incoming;
    const from = first === undefined ? this.#rows.length : firstFrom(this.#rows, first);
    const late = this.#rows.splice(from);
    for (const row of late.length === 0 ? incoming : merge(late, incoming)) this.#rows.push(row);
    this.#makeRoom();
  }

  #makeRoom(): void {
    let dropped = 0;
    for (; this.#table.bytes > this.#limits.maxBytes; dropped++) {
      const row = this.#rows[dropped];
      if (row === undefined) break;
      this.#table.release(row);
    }
    this.#rows.splice(0, dropped);
  }

  #drop(count: number): void {
    for (const row of this.#rows.splice(0, count)) this.#table.release(row);
  }
}

/** What rows have in common is asked once. */
function rowFilter(filter: DecisionFilter, limits: RowTable['idLimits']): (row: IndexRow) => boolean {
  const { instances, outcomes } = filter;
  const ofSubject = once(limits.subjects, ({ value }: IndexRow['subject']) => isSubjectWanted(filter, value));
  const ofAlerts = once(limits.alerts, ({ value }: IndexRow['alerts']) => {
    return (
      filter.alert === undefined ||
      areAlertsWanted(
        filter,
        Array.from(value, (labels) => labels.value),
      )
    );
  });
  return ({ instance, outcome, subject, alerts }) =>
    outcomes?.has(outcome) !== false && instances?.has(instance) !== false && ofSubject(subject) && ofAlerts(alerts);
}

const [YES, NO] = [1, 2];

/** Asks once of each number: a look into an array of bytes is several times as fast as one into a map. */
function once<T extends { readonly id: number }>(idLimit: number, ask: (of: T) => boolean): (of: T) => boolean {
  const answers = new Uint8Array(idLimit);
  return (of) => {
    answers[of.id] ||= ask(of) ? YES : NO;
    return answers[of.id] === YES;
  };
}

/** Index of the first row that is not before a place. */
function firstFrom(rows: readonly IndexRow[], place: DecisionPlace): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && comparePlaces(row, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function merge(a: readonly IndexRow[], b: readonly IndexRow[]): readonly IndexRow[] {
  return [...a, ...b].toSorted(comparePlaces);
}
