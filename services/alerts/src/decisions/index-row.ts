import { createHash } from 'node:crypto';

import { type LabelSet } from '@tandem/alerting';
import { type DecisionOutline, type NotificationDecision } from '@tandem/records';

import { labelsOf, type DecisionSubject } from './decision-filter.ts';
import { InternTable, type Interned } from './interned.ts';

/** Where a decision stands in the log, and when it was made: by these, in this order, decisions are sorted. */
export interface DecisionPlace {
  /** Time of the decision, Unix ms. */
  readonly timeMs: number;
  readonly partition: number;
  readonly offset: number;
}

/** Where a record stands. */
export type RecordPlace = Pick<DecisionPlace, 'partition' | 'offset'>;

/** What is looked up in the whole of a decision. */
export type WholeDecision = Pick<NotificationDecision, 'groupLabels' | 'alerts'>;

/** What the index has of a decision. */
export interface IndexRow extends DecisionPlace {
  readonly outcome: string;
  readonly instance: string;
  readonly subject: Interned<DecisionSubject>;
  readonly alerts: Interned<readonly Interned<LabelSet>[]>;
}

/** Memory of a row; of anything in a table; of a label beside its texts; of a reference: estimated, bytes. */
const ROW_BYTES = 136;
const ENTRY_BYTES = 160;
const LABEL_BYTES = 72;
const REFERENCE_BYTES = 8;

/** Makes rows, in which what many decisions have in common is there once. */
export class RowTable {
  readonly #subjects = new InternTable<DecisionSubject>();
  readonly #alerts = new InternTable<readonly Interned<LabelSet>[]>();
  readonly #labels = new InternTable<LabelSet>();
  readonly #names = new Map<string, string>();
  #rows = 0;

  /** Memory of the rows, estimated. */
  get bytes(): number {
    return this.#rows * ROW_BYTES + this.#subjects.bytes + this.#alerts.bytes + this.#labels.bytes;
  }

  /** How many numbers its subjects, and its lists of alerts, are below. */
  get idLimits(): { readonly subjects: number; readonly alerts: number } {
    return { subjects: this.#subjects.idLimit, alerts: this.#alerts.idLimit };
  }

  /** @param whole reads the whole decision: asked only where it has anything new */
  rowOf(decision: DecisionOutline, whole: () => WholeDecision, { partition, offset }: RecordPlace): IndexRow {
    this.#rows += 1;
    return {
      timeMs: decision.decidedAtMs,
      partition,
      offset,
      outcome: this.#name(decision.outcome),
      instance: this.#name(decision.instance),
      subject: this.#subject(decision, whole),
      alerts: this.#alertList(decision, whole),
    };
  }

  /** The index does without a row from now on. */
  release({ subject, alerts }: IndexRow): void {
    this.#rows -= 1;
    this.#subjects.release(subject);
    for (const labels of this.#alerts.release(alerts) ?? []) this.#labels.release(labels);
  }

  /** Outcomes, and instances: there are few. */
  #name(name: string): string {
    const known = this.#names.get(name);
    if (known === undefined) this.#names.set(name, name);
    return known ?? name;
  }

  #subject({ receiver, groupKey }: DecisionOutline, whole: () => WholeDecision): Interned<DecisionSubject> {
    return this.#subjects.use(`${groupKey}\0${receiver}`, () => {
      const { groupLabels } = whole();
      const bytes = ENTRY_BYTES + 2 * groupKey.length + 2 * receiver.length + bytesOf(groupLabels);
      return { value: { receiver, groupKey, groupLabels: labelsOf(groupLabels) }, bytes };
    });
  }

  #alertList({ alerts }: DecisionOutline, whole: () => WholeDecision): IndexRow['alerts'] {
    const fingerprints = alerts.map(({ fingerprint }) => fingerprint);
    return this.#alerts.use(shortOf(fingerprints.join()), () => ({
      value: fingerprints.map((fingerprint, at) =>
        this.#labels.use(fingerprint, () => {
          const labels = whole().alerts[at]?.labels ?? {};
          return { value: labelsOf(labels), bytes: ENTRY_BYTES + bytesOf(labels) };
        }),
      ),
      bytes: ENTRY_BYTES + REFERENCE_BYTES * alerts.length,
    }));
  }
}

/** A text in bounded room. */
function shortOf(text: string): string {
  return text.length <= 64 ? text : createHash('sha1').update(text).digest('base64');
}

function bytesOf(labels: Readonly<Record<string, string>>): number {
  return Object.entries(labels).reduce((sum, [name, value]) => sum + LABEL_BYTES + name.length + value.length, 0);
}

/** The order of decisions: by time, then partition, then offset. */
export function comparePlaces(a: DecisionPlace, b: DecisionPlace): number {
  return a.timeMs - b.timeMs || a.partition - b.partition || a.offset - b.offset;
}
