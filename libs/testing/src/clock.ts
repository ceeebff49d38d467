interface Timer {
  readonly run: () => void;
  readonly dueMs: number;
}

/**
 * A clock that stands still until it is told to go on. Fits wherever a clock is `() => number` (pass `clock.now`) or
 * has `now` and `schedule`.
 */
export class VirtualClock {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  /** @param startMs Unix ms; default 2026-01-01 */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  /** The time, ms. */
  readonly now = (): number => this.#nowMs;

  /** Runs a function when the time has come; the function returned cancels it. */
  readonly schedule = (run: () => void, delayMs: number): (() => void) => {
    const timer = { run, dueMs: this.#nowMs + delayMs };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** Lets time pass: what is due runs in the order of time, each at its time, what it schedules included. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let timer = this.#next(endMs); timer !== undefined; timer = this.#next(endMs)) {
      this.#timers.delete(timer);
      this.#nowMs = timer.dueMs;
      timer.run();
    }
    this.#nowMs = endMs;
  }

  /** How many functions wait for their time. */
  get pending(): number {
    return this.#timers.size;
  }

  #next(endMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= endMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}
