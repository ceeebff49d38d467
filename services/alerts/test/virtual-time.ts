import { setImmediate as nextTurn } from 'node:timers/promises';

import { type AlertsClock } from '../src/index.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that passes when it is told to, and stands still while there is anything to do. */
export class VirtualTime {
  #nowMs: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Calls a function after a time; the function returned cancels it. */
  after(ms: number, run: () => void): () => void {
    const timer: Timer = { atMs: this.#nowMs + Math.max(0, ms), order: this.#order++, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Resolves after a time. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** A clock of one instance, off by some milliseconds. */
  clock(skewMs = 0): AlertsClock {
    return {
      now: () => this.#nowMs + skewMs,
      sleep: (ms, signal) => this.#sleep(ms, signal),
    };
  }

  /** Lets time pass until then, timer by timer. */
  async runUntil(untilMs: number): Promise<void> {
    for (;;) {
      await settle();
      const next = this.#next();
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers.delete(next);
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = untilMs;
    await settle();
  }

  #sleep(ms: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (reached: boolean): void => {
        cancel();
        signal.removeEventListener('abort', abort);
        resolve(reached);
      };
      const abort = (): void => end(false);
      const cancel = this.after(ms, () => end(true));
      signal.addEventListener('abort', abort);
    });
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.atMs < next.atMs || (timer.atMs === next.atMs && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }
}

/** Turns of the event loop that the longest chain without a pause takes: the log in memory takes one for each batch. */
const TURNS = 4;

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await nextTurn();
}
