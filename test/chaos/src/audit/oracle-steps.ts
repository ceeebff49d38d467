/** Windows of log time, how many of them are remembered, and how many say something: SPEC "Lost scrapes". */
const WINDOW_MS = 15_000;
const WINDOWS = 20;
const ENOUGH_WINDOWS = 8;
const LEAST_HOLE_MS = 1500;

/** What is known of a replica, from record to record. */
interface Stepping {
  readonly replica: string;
  /** Its newest sample, and when it was last heard in log time, Unix ms. */
  highMs: number;
  heardMs: number;
  /** Widest step of the window that is open; 0: there was none. */
  openMs: number;
  widestMs: readonly number[];
}

/** A record as its steps are judged. */
export interface Step {
  readonly replica: string;
  readonly nowMs: number;
  /** Of its samples, Unix ms. */
  readonly timestampsMs: readonly number[];
}

/** Says who has lost scrapes that another one has, in one cluster. */
export class OracleSteps {
  readonly #replicas = new Map<string, Stepping>();
  #heardMs = -Infinity;

  /** Takes a record; who is to succeed the elected replica whose record it is, if anybody. */
  hear({ replica, nowMs, timestampsMs }: Step, elected: string | undefined, receivedMs: number): string | undefined {
    if (windowOf(nowMs) > windowOf(this.#heardMs)) for (const each of this.#replicas.values()) close(each);
    this.#heardMs = nowMs;
    const own = this.#of(replica);
    const stepMs = Math.max(0, Math.min(...timestampsMs) - own.highMs);
    const covering = replica === elected ? this.#covering(own, stepMs, receivedMs) : undefined;
    if (stepMs < Infinity) own.openMs = Math.max(own.openMs, stepMs);
    own.highMs = Math.max(own.highMs, ...timestampsMs);
    own.heardMs = nowMs;
    return covering;
  }

  #covering({ replica, highMs, widestMs }: Stepping, stepMs: number, receivedMs: number): string | undefined {
    if (widestMs.length < ENOUGH_WINDOWS) return undefined;
    const usualMs = widestMs.toSorted((a, b) => b - a)[1] ?? Infinity;
    if (stepMs < Math.max(LEAST_HOLE_MS, 1.5 * usualMs)) return undefined;
    const others = [...this.#replicas.values()].filter(
      (each) => each.replica !== replica && each.heardMs >= receivedMs,
    );
    const covering = others.filter((each) => each.highMs >= highMs + usualMs / 2);
    return covering.toSorted((a, b) => b.highMs - a.highMs || (a.replica < b.replica ? -1 : 1))[0]?.replica;
  }

  #of(replica: string): Stepping {
    const known = this.#replicas.get(replica) ?? {
      replica,
      highMs: -Infinity,
      heardMs: -Infinity,
      openMs: 0,
      widestMs: [],
    };
    this.#replicas.set(replica, known);
    return known;
  }
}

function windowOf(nowMs: number): number {
  return Math.floor(nowMs / WINDOW_MS);
}

function close(replica: Stepping): void {
  if (replica.openMs > 0) replica.widestMs = [...replica.widestMs, replica.openMs].slice(-WINDOWS);
  replica.openMs = 0;
}
