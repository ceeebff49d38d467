import { type SeamFindings } from '@tandem/election';
import { clusterId, type SamplesHeaders } from '@tandem/records';
import { type ItemView, type SeriesTracker } from '@tandem/remote-write';
import { type LogRecord } from '@tandem/stream';

import { BodyReworker, type Reworked } from './body.ts';
import { keyText } from './bytes.ts';
import { dedupedOutput } from './deduped-output.ts';
import { placeOf } from './ledger/place-of.ts';
import { type SampleDrop } from './observer.ts';
import { type ProcessorOptions } from './processor-options.ts';
import { writeReject } from './reject.ts';
import { type Transaction } from './transaction.ts';

/** Says whether a sample goes on, as far as a seam or a fill is concerned; wants them in their order. */
export interface SampleJudge {
  admits(high: number, low: number, timestampMs: number, item: ItemView): boolean;
  /** What was found since this was asked last; of seams alone. */
  takeFindings?(): SeamFindings;
}

/** Who let a record through, and what for. */
export interface Passage {
  readonly headers: SamplesHeaders;
  /** Absent: it is of no pair. */
  readonly epoch?: number;
  /** The seam or the fill it is judged by, where one is open. */
  readonly seam?: SampleJudge;
  /** It was dropped as a standby's when it came first, and is read again. */
  readonly readAgain?: boolean;
  /** It is a standby's, of a fill: offset at which the fill's term began. */
  readonly fill?: number;
  /** What its samples are counted as that go no further: `seam` where there is nothing else. */
  readonly drop?: 'seam' | 'fill';
  /** What is dropped of it was counted already, by an instance before. */
  readonly counted?: boolean;
}

/** Lets records through the filter of repeats, and writes what is left of them to `deduped`. */
export class RecordFilter {
  readonly #options: ProcessorOptions;
  readonly #bodies: BodyReworker;

  constructor(options: ProcessorOptions) {
    this.#options = options;
    this.#bodies = new BodyReworker(options.settings);
  }

  /**
   * Lets a record through; first makes sure that the filter remembers far enough back. A promise is only given where the
   * log had to be asked.
   */
  pass(record: LogRecord, transaction: Transaction, passage: Passage): Promise<void> | undefined {
    const { index } = this.#options.state;
    const key = keyText(record.key);
    const { span } = passage.headers;
    index.heard(key, record.timestampMs);
    if (span !== undefined && span.minTimestampMs <= index.floorMs(key)) {
      return this.#lookBack(key, span.minTimestampMs).then(() => this.#rework(record, transaction, passage));
    }
    return this.#rework(record, transaction, passage);
  }

  async #lookBack(key: string, sinceMs: number): Promise<void> {
    const { state, unwritten, onLookBack } = this.#options;
    const outputs = unwritten().flatMap((transaction) => transaction.outputs);
    const { table, floorMs } = await state.history.lookBack(key, sinceMs, outputs);
    state.index.replace(key, table, floorMs);
    onLookBack();
  }

  #rework(record: LogRecord, transaction: Transaction, passage: Passage): Promise<void> | undefined {
    const { state } = this.#options;
    const { headers, epoch, fill } = passage;
    const { samples, protocol } = headers;
    if (record.value === null) {
      const cause = { reason: 'no-value', detail: 'the record has no value', samples };
      writeReject(this.#options, { record, transaction, cause });
      return undefined;
    }
    const key = keyText(record.key);
    const table = state.index.table(key);
    const behind = passage.seam && new BehindSeam(passage.seam, table);
    const reworked = this.#bodies.rework({
      protocol,
      value: record.value,
      replicaLabel: epoch === undefined ? null : state.inForce.at(record.offset).replicaLabel,
      series: behind ?? table,
      // What else came with a standby's samples is the elected replica's to send.
      onlyKept: fill !== undefined,
    });
    if (!reworked.ok) {
      const { code, message } = reworked.problem;
      writeReject(this.#options, { record, transaction, cause: { reason: code, detail: message, samples } });
      // The table has seen samples that nobody will get: make it anew from what was let through.
      return reworked.tainted ? this.#lookBack(key, state.index.floorMs(key) + 1) : undefined;
    }
    this.#emit(record, transaction, reworked, passage);
    this.#count(record, reworked, transaction, { ...passage, refused: behind?.refused ?? 0 });
    return undefined;
  }

  #emit(record: LogRecord, transaction: Transaction, { parts, maxTimestampMs }: Reworked, passage: Passage): void {
    const { state } = this.#options;
    const { headers, epoch, fill } = passage;
    if (maxTimestampMs !== undefined) state.index.advanced(keyText(record.key), maxTimestampMs);
    for (const part of parts) {
      transaction.write(dedupedOutput(this.#options, record, { headers, epoch, part, fill }));
      state.highTimestampMs = Math.max(state.highTimestampMs, part.maxTimestampMs ?? -Infinity);
    }
  }

  #count(record: LogRecord, reworked: Reworked, transaction: Transaction, passage: Judged): void {
    const { observer, watches } = this.#options;
    const { headers, epoch, seam, readAgain = false, fill } = passage;
    const { keptSamples, droppedSamples } = reworked;
    const { tenant, pair } = headers;
    if (pair !== undefined && seam === undefined && droppedSamples > 0) {
      watches.repeated(clusterId(tenant, pair.cluster), pair.replica, droppedSamples);
    }
    const dropped = dropsOf(droppedSamples, passage);
    transaction.tally.count(placeOf(record, headers, readAgain ? epoch : undefined), {
      emitted: keptSamples,
      filled: fill === undefined ? 0 : keptSamples,
      caughtUp: readAgain ? keptSamples : 0,
      dropped,
    });
    transaction.tally.count(placeOf(record, headers, epoch), findingsOf(passage));
    transaction.afterwards(() => {
      observer.emitted(keptSamples);
      if (fill !== undefined) observer.fills.filled(keptSamples);
      else if (readAgain) observer.caughtUp(keptSamples);
      for (const { reason, samples } of dropped) observer.dropped(reason, samples);
    });
  }
}

/** A passage, and how many of its samples the seam or the fill did not let through. */
interface Judged extends Passage {
  readonly refused: number;
}

/** What of a record went no further and was not counted when it came, or by an instance before. */
function dropsOf(
  samples: number,
  passage: Judged,
): readonly { readonly reason: SampleDrop; readonly samples: number }[] {
  const { readAgain = false, counted = false, fill, drop = 'seam', refused } = passage;
  if (readAgain || counted || fill !== undefined) return [];
  return [
    { reason: drop, samples: refused },
    { reason: 'repeat', samples: samples - refused },
  ];
}

/** What the seam has shown by the record, unless an instance before has counted it. */
function findingsOf({ seam, counted = false }: Passage): Partial<SeamFindings> {
  const findings = seam?.takeFindings?.();
  return counted || findings === undefined ? {} : findings;
}

/** Asks the seam first; what it holds back must not count as let through. */
class BehindSeam implements SeriesTracker {
  readonly #seam: SampleJudge;
  readonly #table: SeriesTracker;
  /** Samples the seam did not let through. */
  refused = 0;

  constructor(seam: SampleJudge, table: SeriesTracker) {
    this.#seam = seam;
    this.#table = table;
  }

  advance(high: number, low: number, timestampMs: number, item: ItemView): boolean {
    if (this.#seam.admits(high, low, timestampMs, item)) return this.#table.advance(high, low, timestampMs, item);
    this.refused++;
    return false;
  }
}
