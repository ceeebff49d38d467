import { TargetWatch, type TargetRecord, type WatchedTargets } from './target-watch.ts';

/** A change of what is filled in a cluster; it holds from its record on. */
export interface FillStep {
  /**
   * `open`: a term begins, and ends the one before; `extend`: more targets in the term that is open; `close`: nothing is
   * filled any more.
   */
  readonly kind: 'open' | 'extend' | 'close';
  /** Offset of the record of the elected replica at which it was decided. */
  readonly offset: number;
  /** Log time of that, Unix ms. */
  readonly atMs: number;
  readonly epoch: number;
  readonly elected: string;
  /** Who the targets are filled from. */
  readonly standby: string;
  /** Hashes of the targets it adds. */
  readonly targets: readonly string[];
}

/** A record of the elected replica: where something may be decided. */
export interface FillOccasion {
  readonly offset: number;
  /** Log time, Unix ms. */
  readonly timestampMs: number;
  readonly epoch: number;
  readonly elected: string;
  /** Whether it reports a target down. */
  readonly reportsDown: boolean;
  /** Whether fills are wanted, and no seam is open. */
  readonly mayFill: boolean;
}

/** What {@link FillPlan} has to know after a restart. */
export interface FillPlanState {
  readonly replicas: readonly WatchedTargets[];
  /** Log time up to which the budget of looking back is spent, Unix ms; `null`: nothing of it is. */
  readonly spentUntilMs: number | null;
}

/** A term ends after so long, ms of log time, and begins anew: so far back a restart has to read. */
export const FILL_TERM_MS = 300_000;
/** One look back is affordable in so much log time, ms, */
const LOOK_BACK_MS = 30_000;
/** and so many at once after a calm. */
const LOOK_BACKS_AT_ONCE = 4;

interface OpenFill {
  readonly openedAtMs: number;
  readonly standby: string;
  readonly targets: Set<string>;
}

/** Decides, from the headers of the records of one cluster, what is filled from whom (SPEC.md, "Fills"). */
export class FillPlan {
  readonly #watch: TargetWatch;
  #spentUntilMs = -Infinity;
  #open: OpenFill | undefined;

  constructor(state?: FillPlanState, steps: readonly FillStep[] = []) {
    this.#watch = TargetWatch.restore(state?.replicas ?? []);
    this.#spentUntilMs = state?.spentUntilMs ?? -Infinity;
    for (const step of steps) this.#apply(step);
  }

  /** What is filled, and from whom; `undefined`: nothing. */
  get open():
    { readonly standby: string; readonly openedAtMs: number; readonly targets: ReadonlySet<string> } | undefined {
    return this.#open;
  }

  /** Takes note of a record of any replica; says how many of its reports found no room. */
  heard(record: TargetRecord): number {
    return this.#watch.heard(record);
  }

  /** Another replica was elected: what was filled for the one before is over. */
  ended(): void {
    this.#open = undefined;
  }

  /** What changes with a record of the elected replica, after it was heard. */
  decide(occasion: FillOccasion): FillStep | undefined {
    const kind = this.#open === undefined ? this.#opening(occasion) : this.#change(this.#open, occasion);
    if (kind === undefined) return undefined;
    const { offset, timestampMs, epoch, elected } = occasion;
    const step: FillStep = { ...kind, offset, atMs: timestampMs, epoch, elected };
    this.#apply(step);
    return step;
  }

  /** What has to be written down, beside the steps of the fill that is open. */
  snapshot(): FillPlanState {
    const spentUntilMs = this.#spentUntilMs === -Infinity ? null : this.#spentUntilMs;
    return { replicas: this.#watch.snapshot(), spentUntilMs };
  }

  #opening({ elected, timestampMs, reportsDown, mayFill }: FillOccasion): StepKind | undefined {
    if (!reportsDown || !mayFill) return undefined;
    for (const standby of this.#watch.standbys(elected, timestampMs)) {
      const targets = this.#watch.downOnlyFor(elected, standby);
      if (targets.length === 0) continue;
      return this.#afford(timestampMs) ? { kind: 'open', standby, targets } : undefined;
    }
    return undefined;
  }

  #change({ standby, targets, openedAtMs }: OpenFill, occasion: FillOccasion): StepKind | undefined {
    const { elected, timestampMs, reportsDown, mayFill } = occasion;
    if (!mayFill || !this.#isNeeded(standby, targets, occasion)) {
      // The record that shows that these are up again may report others.
      return this.#opening(occasion) ?? { kind: 'close', standby, targets: [] };
    }
    if (timestampMs >= openedAtMs + FILL_TERM_MS) {
      return { kind: 'open', standby, targets: this.#watch.downOnlyFor(elected, standby) };
    }
    if (!reportsDown) return undefined;
    const more = this.#watch.downOnlyFor(elected, standby).filter((target) => !targets.has(target));
    return more.length > 0 && this.#afford(timestampMs) ? { kind: 'extend', standby, targets: more } : undefined;
  }

  #isNeeded(standby: string, targets: ReadonlySet<string>, { elected, timestampMs }: FillOccasion): boolean {
    if (!this.#watch.isHeard(standby, timestampMs)) return false;
    for (const target of targets) {
      if (this.#watch.isDown(elected, target) && !this.#watch.isDown(standby, target)) return true;
    }
    return false;
  }

  /** Looking back costs reading: so much of it is allowed, by log time. */
  #afford(nowMs: number): boolean {
    if (this.#spentUntilMs - nowMs > (LOOK_BACKS_AT_ONCE - 1) * LOOK_BACK_MS) return false;
    this.#spentUntilMs = Math.max(this.#spentUntilMs, nowMs) + LOOK_BACK_MS;
    return true;
  }

  #apply({ kind, atMs, standby, targets }: FillStep): void {
    if (kind === 'close') this.#open = undefined;
    else if (kind === 'open') {
      this.#open = { openedAtMs: atMs, standby, targets: new Set(targets) };
    } else for (const target of targets) this.#open?.targets.add(target);
  }
}

type StepKind = Pick<FillStep, 'kind' | 'standby' | 'targets'>;
