import { type SeamTable } from '@tandem/election';
import { clusterId, type SamplesHeaders } from '@tandem/records';
import { type SeriesTracker } from '@tandem/remote-write';
import { type LogRecord } from '@tandem/stream';

import { BodyReworker, type Reworked } from './body.ts';
import { keyText } from './bytes.ts';
import { dedupedOutput } from './deduped-output.ts';
import { type ProcessorOptions } from './processor-options.ts';
import { writeReject } from './reject.ts';
import { type Transaction } from './transaction.ts';

/** Who let a record through, and what for. */
export interface Passage {
  readonly headers: SamplesHeaders;
  /** Absent: it is of no pair. */
  readonly epoch?: number;
  /** The seam it is judged by, where one is open. */
  readonly seam?: SeamTable;
  /** It was dropped as a standby's when it came first, and is read again. */
  readonly readAgain?: boolean;
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
    const { headers, epoch, seam } = passage;
    const { samples, protocol } = headers;
    if (record.value === null) {
      const cause = { reason: 'no-value', detail: 'the record has no value', samples };
      writeReject(this.#options, { record, transaction, cause });
      return undefined;
    }
    const key = keyText(record.key);
    const table = state.index.table(key);
    const reworked = this.#bodies.rework({
      protocol,
      value: record.value,
      replicaLabel: epoch === undefined ? null : state.inForce.at(record.offset).replicaLabel,
      series: seam === undefined ? table : behindSeam(seam, table),
    });
    if (!reworked.ok) {
      const { code, message } = reworked.problem;
      writeReject(this.#options, { record, transaction, cause: { reason: code, detail: message, samples } });
      // The table has seen samples that nobody will get: make it anew from what was let through.
      return reworked.tainted ? this.#lookBack(key, state.index.floorMs(key) + 1) : undefined;
    }
    if (reworked.maxTimestampMs !== undefined) state.index.advanced(key, reworked.maxTimestampMs);
    for (const part of reworked.parts) {
      transaction.write(dedupedOutput(this.#options, record, { headers, epoch, part }));
      state.highTimestampMs = Math.max(state.highTimestampMs, part.maxTimestampMs ?? -Infinity);
    }
    this.#count(reworked, transaction, passage);
    return undefined;
  }

  #count({ keptSamples, droppedSamples }: Reworked, transaction: Transaction, passage: Passage): void {
    const { observer, watches } = this.#options;
    const { headers, seam, readAgain } = passage;
    const { tenant, pair } = headers;
    if (pair !== undefined && seam === undefined && droppedSamples > 0) {
      watches.repeated(clusterId(tenant, pair.cluster), pair.replica, droppedSamples);
    }
    transaction.afterwards(() => {
      observer.emitted(keptSamples);
      if (readAgain === true) observer.caughtUp(keptSamples);
      else if (droppedSamples > 0) observer.dropped(seam === undefined ? 'repeat' : 'seam', droppedSamples);
    });
  }
}

/** Asks the seam first; what it holds back must not count as let through. */
function behindSeam(seam: SeamTable, table: SeriesTracker): SeriesTracker {
  return {
    advance: (high, low, timestampMs, item) =>
      seam.admits(high, low, timestampMs, item) && table.advance(high, low, timestampMs, item),
  };
}
