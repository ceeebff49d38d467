import { type SeamFindings } from '@tandem/election';
import { PlaceTracker, type ItemView, type SeriesTracker } from '@tandem/remote-write';
import { type SampleList, type SeriesTable } from '@tandem/series';

import { type BodyReworker, type Part, type Reworked, type Rework, type Unreadable } from './body.ts';

/** What becomes of a sample that is older than its series' last one, and was not let through before. */
export type OutOfOrderRule = 'drop' | 'pass';

/** The rule, and that of some tenants and clusters. */
export interface OutOfOrderSettings {
  readonly rule: OutOfOrderRule;
  readonly overrides: readonly OutOfOrderOverride[];
}

/** The rule of a tenant, or of one of its clusters. */
export interface OutOfOrderOverride {
  readonly tenant: string;
  /** Name of the cluster, tenant included; absent: all of the tenant's, and its series of no pair. */
  readonly cluster?: string;
  readonly rule: OutOfOrderRule;
}

/** Finds the rule of a cluster: its own, else its tenant's, else the general one. */
export class OutOfOrderRules {
  readonly #tenants = new Map<string, OutOfOrderRule>();
  readonly #clusters = new Map<string, OutOfOrderRule>();
  readonly settings: OutOfOrderSettings;

  constructor(settings: OutOfOrderSettings) {
    this.settings = settings;
    for (const { tenant, cluster, rule } of settings.overrides) {
      if (cluster === undefined) this.#tenants.set(tenant, rule);
      else this.#clusters.set(cluster, rule);
    }
  }

  /** @param cluster name, tenant included; absent: of series of no pair */
  of(tenant: string, cluster?: string): OutOfOrderRule {
    return this.#clusters.get(cluster ?? '') ?? this.#tenants.get(tenant) ?? this.settings.rule;
  }
}

/** Says whether a sample goes on, as far as a seam or a fill is concerned; wants them in their order. */
export interface SampleJudge {
  admits(high: number, low: number, timestampMs: number, item: ItemView): boolean;
  /** What was found since this was asked last; of seams alone. */
  takeFindings?(): SeamFindings;
}

/** What the samples of a record are judged by. */
export interface OrderTrackerOptions {
  readonly table: SeriesTable;
  /** Asked first: what it holds back must not count as let through. */
  readonly judge: SampleJudge | undefined;
  readonly rule: OutOfOrderRule;
}

/** Lets the samples of one record through that are newer than their series' last one, and tells of the others. */
export class OrderTracker implements SeriesTracker {
  readonly #options: OrderTrackerOptions;
  #asked = 0;
  /** Samples the judge did not let through. */
  refused = 0;
  /** Samples out of order, whatever becomes of them. */
  outOfOrder = 0;
  /** Which samples of the body, by their place in it, are out of order and to go on. */
  readonly places: number[] = [];
  /** A judge wants to see the items. */
  readonly advanceAll: SeriesTracker['advanceAll'];

  constructor(options: OrderTrackerOptions) {
    this.#options = options;
    this.advanceAll = options.judge === undefined ? this.#advanceAll.bind(this) : undefined;
  }

  advance(high: number, low: number, timestampMs: number, item: ItemView): boolean {
    const { table, judge } = this.#options;
    const place = this.#asked++;
    if (judge?.admits(high, low, timestampMs, item) === false) {
      this.refused++;
      return false;
    }
    const order = table.judge(high, low, timestampMs);
    if (order === 'out-of-order') this.#note(high, low, timestampMs, place);
    return order === 'newer';
  }

  #advanceAll(samples: SampleList, drop: (index: number) => void): void {
    const { words, doubles, from, length } = samples;
    this.#options.table.judgeAll(samples, (index, order) => {
      const at = (from + index) * 4;
      if (order === 'out-of-order') {
        this.#note(words[at] ?? 0, words[at + 1] ?? 0, doubles[at / 2 + 1] ?? 0, this.#asked + index);
      }
      drop(index);
    });
    this.#asked += length;
  }

  #note(high: number, low: number, timestampMs: number, place: number): void {
    const { table, rule } = this.#options;
    this.outOfOrder++;
    if (rule === 'drop') return;
    table.note(high, low, timestampMs);
    this.places.push(place);
  }
}

/** What goes on of a body. */
export interface Sifted {
  readonly ok: true;
  readonly inOrder: Reworked;
  /** Absent where nothing of it is out of order and goes on. */
  readonly outOfOrder?: Reworked;
}

/** Reworks a body; one that has samples out of order that go on is walked a second time, for these. */
export function sift(bodies: BodyReworker, body: Omit<Rework, 'series'>, order: OrderTracker): Sifted | Unreadable {
  const inOrder = bodies.rework({ ...body, series: order });
  if (!inOrder.ok || order.places.length === 0) return inOrder.ok ? { ok: true, inOrder } : inOrder;
  const outOfOrder = bodies.rework({ ...body, series: new PlaceTracker(true, order.places), onlyKept: true });
  return outOfOrder.ok ? { ok: true, inOrder, outOfOrder } : { ...outOfOrder, tainted: true };
}

/** What goes on of a body, as records: those in order first. */
export function partsOf({
  inOrder,
  outOfOrder,
}: Sifted): readonly { readonly part: Part; readonly outOfOrder: boolean }[] {
  return [
    ...inOrder.parts.map((part) => ({ part, outOfOrder: false })),
    ...(outOfOrder?.parts ?? []).map((part) => ({ part, outOfOrder: true })),
  ];
}
