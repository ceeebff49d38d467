import { type SeamFindings } from '@tandem/election';
import { clusterId, type SamplesHeaders } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { BodyReworker } from './body.ts';
import { keyText } from './bytes.ts';
import { writeDeduped } from './deduped-output.ts';
import { placeOf } from './ledger/place-of.ts';
import { type SampleDrop } from './observer.ts';
import {
  OrderTracker,
  OutOfOrderRules,
  partsOf,
  sift,
  type OutOfOrderRule,
  type OutOfOrderSettings,
  type SampleJudge,
  type Sifted,
} from './out-of-order.ts';
import { type ProcessorOptions } from './processor-options.ts';
import { writeReject } from './reject.ts';
import { type Transaction } from './transaction.ts';

/** Who let a record through, and what for. */
export interface Passage {
  readonly headers: SamplesHeaders;
  /** Absent: it is of no pair. */
  readonly epoch?: number;
  /** The seam or the fill it is judged by, where one is open. */
  readonly seam?: SampleJudge;
  /** It was dropped as a standby's when it came first, and is read again. */
  readonly readAgain?: boolean;
  /** It is a standby's, of a fill, or waited for one: offset at which the fill's term began. */
  readonly fill?: number;
  /** It is not a standby's, but the elected replica's that waited for the fill. */
  readonly hasWaited?: boolean;
  /** What its samples are counted as that go no further: `seam` where there is nothing else. */
  readonly drop?: 'seam' | 'fill';
  /** What is dropped of it was counted already, by an instance before. */
  readonly counted?: boolean;
}

/** Lets records through the filter of repeats, and writes what is left of them to `deduped`. */
export class RecordFilter {
  readonly #options: ProcessorOptions;
  readonly #bodies: BodyReworker;
  #rules: OutOfOrderRules | undefined;

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
    const { protocol } = headers;
    if (record.value === null) {
      this.#reject(record, transaction, passage, { reason: 'no-value', detail: 'the record has no value' });
      return undefined;
    }
    const key = keyText(record.key);
    const table = state.index.table(key);
    table.begin(epoch ?? 0);
    const { replicaLabel, outOfOrder } = state.inForce.at(record.offset);
    const order = new OrderTracker({ table, judge: passage.seam, rule: this.#ruleOf(outOfOrder, passage) });
    const body = {
      protocol,
      value: record.value,
      replicaLabel: epoch === undefined ? null : replicaLabel,
      // What else came with a standby's samples is the elected replica's to send.
      onlyKept: fill !== undefined,
    };
    const sifted = sift(this.#bodies, body, order);
    if (!sifted.ok) {
      const { code, message } = sifted.problem;
      this.#reject(record, transaction, passage, { reason: code, detail: message });
      // The table has seen samples that nobody will get: make it anew from what was let through.
      return sifted.tainted ? this.#lookBack(key, state.index.floorMs(key) + 1) : undefined;
    }
    const { maxTimestampMs } = sifted.inOrder;
    if (maxTimestampMs !== undefined) state.index.advanced(key, maxTimestampMs);
    for (const part of partsOf(sifted)) {
      writeDeduped(this.#options, transaction, record, { headers, epoch, fill, ...part });
    }
    this.#count(record, { ...sifted, order }, transaction, passage);
    return undefined;
  }

  /** Rejects a record, unless an instance before has; what is read again was counted as what it was when it came. */
  #reject(
    record: LogRecord,
    transaction: Transaction,
    { headers, readAgain = false, counted = false, fill }: Passage,
    cause: { readonly reason: string; readonly detail: string },
  ): void {
    if (counted) return;
    const samples = readAgain || fill !== undefined ? 0 : headers.samples;
    writeReject(this.#options, { record, transaction, cause: { ...cause, samples } });
  }

  /** What becomes of samples out of order, by the settings of the record's place. A standby's are nobody's order. */
  #ruleOf(settings: OutOfOrderSettings, passage: Passage): OutOfOrderRule {
    const { headers, epoch, fill, hasWaited = false } = passage;
    const { tenant, pair } = headers;
    if (fill !== undefined && !hasWaited) return 'drop';
    if (this.#rules?.settings !== settings) this.#rules = new OutOfOrderRules(settings);
    if (pair === undefined || epoch === undefined) return this.#rules.of(tenant);
    return this.#rules.of(tenant, clusterId(tenant, pair.cluster));
  }

  #count(record: LogRecord, sifted: Counted, transaction: Transaction, passage: Passage): void {
    const { observer, watches } = this.#options;
    const { headers, epoch, seam, readAgain = false, fill } = passage;
    const { inOrder, outOfOrder } = sifted;
    const { tenant, pair } = headers;
    const { droppedSamples } = inOrder;
    const passed = outOfOrder?.keptSamples ?? 0;
    if (pair !== undefined && seam === undefined) {
      const cluster = clusterId(tenant, pair.cluster);
      if (droppedSamples > passed) watches.repeated(cluster, pair.replica, droppedSamples - passed);
      watches.passed(cluster, pair.replica, record.timestampMs, this.#options.state.index.table(keyText(record.key)));
    }
    const emitted = inOrder.keptSamples + passed;
    const dropped = dropsOf(sifted, passage);
    transaction.tally.count(placeOf(record, headers, readAgain ? epoch : undefined), {
      emitted,
      filled: fill === undefined ? 0 : emitted,
      caughtUp: readAgain ? emitted : 0,
      dropped,
    });
    transaction.tally.count(placeOf(record, headers, epoch), findingsOf(passage));
    transaction.afterwards(() => {
      observer.emitted(emitted);
      observer.passedOutOfOrder(passed);
      if (fill !== undefined) observer.fills.filled(emitted);
      else if (readAgain) observer.caughtUp(emitted);
      for (const { reason, samples } of dropped) observer.dropped(reason, samples);
    });
  }
}

/** What became of a body, and of its samples by their order. */
interface Counted extends Sifted {
  readonly order: OrderTracker;
}

/** What of a record went no further and was not counted when it came, or by an instance before. */
function dropsOf(
  { inOrder, outOfOrder, order }: Counted,
  { readAgain = false, counted = false, fill, drop = 'seam' }: Passage,
): readonly { readonly reason: SampleDrop; readonly samples: number }[] {
  if (readAgain || counted || fill !== undefined) return [];
  return [
    { reason: drop, samples: order.refused },
    { reason: 'out-of-order', samples: order.outOfOrder - (outOfOrder?.keptSamples ?? 0) },
    { reason: 'repeat', samples: inOrder.droppedSamples - order.refused - order.outOfOrder },
  ];
}

/** What the seam has shown by the record, unless an instance before has counted it. */
function findingsOf({ seam, counted = false }: Passage): Partial<SeamFindings> {
  const findings = seam?.takeFindings?.();
  return counted || findings === undefined ? {} : findings;
}
