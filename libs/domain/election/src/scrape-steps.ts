import { leastHoleMs } from './lost-scrapes.ts';
import { MAX_WINDOWS, stepTo, usualStepOf, windowOf } from './replica-health.ts';

/** Replicas remembered per shard; beyond it the one heard longest ago is forgotten. */
const MAX_REPLICAS = 16;

/** What is known of the steps of a replica's samples: see `ReplicaHealth`. Times are ms. */
export interface ReplicaSteps {
  readonly replica: string;
  /** Log time of its newest record, Unix ms. */
  readonly heardAtMs: number;
  /** Its newest sample, Unix ms; `null`: it sent none. */
  readonly highTimestampMs: number | null;
  /** The widest step in each of the last windows with one, newest last; and that of the window that is open, 0: none. */
  readonly stepsMs: readonly number[];
  readonly openStepMs: number;
}

/** A record as steps look at it. */
export interface SteppingRecord {
  readonly replica: string;
  /** Log time, Unix ms. */
  readonly timestampMs: number;
  /** Its oldest and newest sample, Unix ms; both absent when it has none. */
  readonly minTimestampMs?: number;
  readonly maxTimestampMs?: number;
}

/**
 * Knows how far apart the samples of a shard's replicas come, and so where some are missing (SPEC.md, "Lost scrapes"): what
 * `ReplicaHealth` knows of a cluster, of one shard and of nothing but steps.
 */
export class ScrapeSteps {
  readonly #replicas = new Map<string, ReplicaSteps>();
  #heardAtMs = -Infinity;

  /** Takes note of a record; whether it lies behind a hole in its replica's samples. */
  heard(record: SteppingRecord): boolean {
    const { replica, timestampMs, maxTimestampMs } = record;
    if (windowOf(timestampMs) > windowOf(this.#heardAtMs)) this.#closeWindows();
    this.#heardAtMs = Math.max(this.#heardAtMs, timestampMs);
    const { highTimestampMs, stepsMs, openStepMs } = this.#replicas.get(replica) ?? NOTHING_KNOWN;
    const stepMs = stepTo(record, highTimestampMs ?? undefined);
    this.#replicas.set(replica, {
      replica,
      heardAtMs: timestampMs,
      highTimestampMs: newer(highTimestampMs, maxTimestampMs ?? null),
      stepsMs,
      openStepMs: Math.max(openStepMs, stepMs),
    });
    if (this.#replicas.size > MAX_REPLICAS) this.#forgetOldest();
    const usualMs = usualStepOf({ stepsMs });
    return usualMs !== undefined && stepMs >= leastHoleMs(usualMs);
  }

  /** Log time of a replica's newest record, Unix ms; `-Infinity`: it was not heard. */
  heardAtMs(replica: string): number {
    return this.#replicas.get(replica)?.heardAtMs ?? -Infinity;
  }

  /** Whether another replica was heard since a log time, Unix ms. */
  isAnotherHeard(replica: string, sinceMs: number): boolean {
    return [...this.#replicas.values()].some((each) => each.replica !== replica && each.heardAtMs >= sinceMs);
  }

  /** All that is known; {@link ScrapeSteps.restore} takes it. */
  snapshot(): readonly ReplicaSteps[] {
    return [...this.#replicas.values()];
  }

  /** Steps that know what others knew. */
  static restore(replicas: readonly ReplicaSteps[]): ScrapeSteps {
    const steps = new ScrapeSteps();
    for (const each of replicas) {
      steps.#replicas.set(each.replica, each);
      steps.#heardAtMs = Math.max(steps.#heardAtMs, each.heardAtMs);
    }
    return steps;
  }

  #closeWindows(): void {
    for (const [replica, steps] of this.#replicas) {
      if (steps.openStepMs === 0) continue;
      const stepsMs = [...steps.stepsMs, steps.openStepMs].slice(-MAX_WINDOWS);
      this.#replicas.set(replica, { ...steps, stepsMs, openStepMs: 0 });
    }
  }

  #forgetOldest(): void {
    const [oldest] = [...this.#replicas.values()].toSorted((a, b) => a.heardAtMs - b.heardAtMs);
    if (oldest !== undefined) this.#replicas.delete(oldest.replica);
  }
}

const NOTHING_KNOWN: Pick<ReplicaSteps, 'highTimestampMs' | 'stepsMs' | 'openStepMs'> = {
  highTimestampMs: null,
  stepsMs: [],
  openStepMs: 0,
};

function newer(oneMs: number | null, otherMs: number | null): number | null {
  if (oneMs === null || otherMs === null) return oneMs ?? otherMs;
  return Math.max(oneMs, otherMs);
}
