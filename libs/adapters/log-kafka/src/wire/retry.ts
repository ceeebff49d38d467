import { isTransient } from './errors.ts';

const FIRST_BACKOFF_MS = 20;

/** Waits; ends early, without an error, when the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** Waiting times that double, up to a bound. */
export class Backoff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  #nextMs: number;

  constructor(maxMs: number, firstMs: number = FIRST_BACKOFF_MS) {
    this.#firstMs = firstMs;
    this.#maxMs = maxMs;
    this.#nextMs = firstMs;
  }

  /** The time to wait now, ms. */
  next(): number {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(2 * ms, this.#maxMs);
    return ms;
  }

  /** Begins again with the shortest time. */
  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}

/** How long to go on trying. */
export interface Persistence {
  readonly timeoutMs: number;
  /** The first pause, ms. Default 20. */
  readonly firstPauseMs?: number;
  /** Ends the tries: the last error is thrown. */
  readonly signal?: AbortSignal;
  /** What else is worth another try. Default: whatever {@link isTransient} says. */
  readonly again?: (error: unknown) => boolean;
}

/** Tries until it succeeds, the time is over, or the error is not worth another try; then throws the last error. */
export async function persist<T>(persistence: Persistence, attempt: () => Promise<T>): Promise<T> {
  const { timeoutMs, firstPauseMs, signal, again = isTransient } = persistence;
  const deadline = performance.now() + timeoutMs;
  const backoff = new Backoff(500, firstPauseMs);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const left = deadline - performance.now();
      if (left <= 0 || signal?.aborted === true || !again(error)) throw error;
      await pause(Math.min(backoff.next(), left), signal);
    }
  }
}
