import { type Cursor } from './cursor.ts';
import { Int32List } from './int32-list.ts';
import { varintLength, writeVarint } from './varint.ts';

/**
 * Where the packed runs of label references of one series are: usually one, but a writer may pack them into several,
 * and mix them with references of fields of their own.
 */
export class PackedRuns {
  /** Where the length is, where the references begin, where they end. */
  readonly #runs = new Int32List();

  clear(): void {
    this.#runs.clear();
  }

  add(lengthAt: number, from: number, to: number): void {
    this.#runs.push(lengthAt);
    this.#runs.push(from);
    this.#runs.push(to);
  }

  /**
   * Turns spans to be removed, ascending, into cuts: where a span is in a packed run, the run's length is written
   * anew (over the old one), and what that leaves of the old length is cut too.
   */
  cut(cursor: Cursor, spans: Int32List, cuts: Int32List): void {
    let span = 0;
    for (let run = 0; run < this.#runs.length; run += 3) {
      const to = this.#runs.at(run + 2);
      span = pushBelow(spans, span, this.#runs.at(run + 1), cuts);
      const removed = bytesBelow(spans, span, to);
      if (removed > 0) this.#shorten(cursor, run, removed, cuts);
      span = pushBelow(spans, span, to, cuts);
    }
    pushBelow(spans, span, Infinity, cuts);
  }

  #shorten(cursor: Cursor, run: number, removed: number, cuts: Int32List): void {
    const lengthAt = this.#runs.at(run);
    const from = this.#runs.at(run + 1);
    const length = this.#runs.at(run + 2) - from - removed;
    writeVarint(cursor.data, lengthAt, length);
    const end = lengthAt + varintLength(length);
    if (end === from) return;
    cuts.push(end);
    cuts.push(from);
  }
}

/** Copies the spans that begin before `limit`, from index `first` on; returns the index after them. */
function pushBelow(spans: Int32List, first: number, limit: number, cuts: Int32List): number {
  let span = first;
  for (; span < spans.length && spans.at(span) < limit; span += 2) {
    cuts.push(spans.at(span));
    cuts.push(spans.at(span + 1));
  }
  return span;
}

function bytesBelow(spans: Int32List, first: number, limit: number): number {
  let bytes = 0;
  for (let span = first; span < spans.length && spans.at(span) < limit; span += 2) {
    bytes += spans.at(span + 1) - spans.at(span);
  }
  return bytes;
}
