import { Items } from './items.ts';
import { type Machine } from './machine.ts';

/** Where what is said of the series stood on begins, as an index of 32-bit words. As in `memory.as`. */
const SERIES = 0x400 / 4;

/** What a walker knows of the series it stands on. Offsets are into the request; -1 where there is nothing. */
export class SeriesState {
  readonly items: Items;
  readonly #words: Int32Array;

  constructor(machine: Machine, itemsAt: number) {
    this.#words = machine.words;
    this.items = new Items(machine, itemsAt, SERIES + 14);
  }

  /** Where its field begins, the tag included. */
  get from(): number {
    return this.#words[SERIES] ?? 0;
  }

  /** Where its message begins. */
  get bodyFrom(): number {
    return this.#words[SERIES + 1] ?? 0;
  }

  get to(): number {
    return this.#words[SERIES + 2] ?? 0;
  }

  get clusterFrom(): number {
    return this.#words[SERIES + 3] ?? 0;
  }

  get clusterTo(): number {
    return this.#words[SERIES + 4] ?? 0;
  }

  get replicaFrom(): number {
    return this.#words[SERIES + 5] ?? 0;
  }

  get replicaTo(): number {
    return this.#words[SERIES + 6] ?? 0;
  }

  /** Its metric name, among the texts of the walker. */
  get metricFrom(): number {
    return this.#words[SERIES + 7] ?? 0;
  }

  get metricTo(): number {
    return this.#words[SERIES + 8] ?? 0;
  }

  /** 2.0: where its metadata says the metric's type. */
  get typeAt(): number {
    return this.#words[SERIES + 9] ?? 0;
  }

  get exemplars(): number {
    return this.#words[SERIES + 10] ?? 0;
  }

  /** Fingerprint, when the walker was asked for it. */
  get high(): number {
    return this.#words[SERIES + 12] ?? 0;
  }

  get low(): number {
    return this.#words[SERIES + 13] ?? 0;
  }

  /** 1.0: labels, 2.0: references. */
  get labels(): number {
    return this.#words[SERIES + 15] ?? 0;
  }
}

/** The name and the value of a label, as offsets into the request. */
export interface LabelSpan {
  nameFrom: number;
  nameTo: number;
  valueFrom: number;
  valueTo: number;
}
