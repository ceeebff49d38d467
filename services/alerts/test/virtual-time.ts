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

/** Turns of the event loop in a row after which nothing that was begun can still be under way: one may only have begun it. */
const QUIET_TURNS = 2;

/**
 * Lets everything happen that waits for nothing but its turn, however many turns that takes: if time moved before, what
 * happens in a world would depend on how long its chains of promises are, and on how busy the machine is.
 */
async function settle(): Promise<void> {
  for (
    let quiet = 0;
    quiet < QUIET_TURNS;
    quiet = process.getActiveResourcesInfo().includes('Immediate') ? 0 : quiet + 1
  ) {
    await nextTurn();
  }
}
