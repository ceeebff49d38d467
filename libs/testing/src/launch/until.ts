/** How long and how often to look. */
export interface UntilOptions {
  /** What is waited for, as the end of "cannot see ...": "the port to open". */
  readonly what: string;
  /** Default 10 000. */
  readonly timeoutMs?: number;
  /** Default 20. */
  readonly intervalMs?: number;
  /** More to say when the time is over: the last output of a process, the state reached. */
  readonly detail?: () => string;
  /** Asked at every look: a reason to give up at once, or `undefined`. */
  readonly giveUp?: () => string | undefined;
}

/** What of a type counts as a condition met. */
export type Truthy<T> = Exclude<T, false | null | undefined | 0 | ''>;

/** A condition was not met in time. */
export class UntilError extends Error {
  override readonly name = 'UntilError';
}

/** Lets this much time pass: for polling and pacing inside the test kit; tests wait for conditions. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Looks again and again until the condition gives something truthy, and returns that. A condition that throws counts
 * as not met; its last error becomes the cause.
 *
 * @throws {UntilError} when the time is over
 */
export async function until<T>(condition: () => T | Promise<T>, options: UntilOptions): Promise<Truthy<T>> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value as Truthy<T>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    const reason = options.giveUp?.() ?? (performance.now() >= deadline ? `not within ${timeoutMs} ms` : undefined);
    if (reason !== undefined) throw failure(options, reason, cause);
    await delay(options.intervalMs ?? 20);
  }
}

function failure(options: UntilOptions, reason: string, cause: unknown): UntilError {
  const last = cause instanceof Error ? `; last error: ${cause.message}` : '';
  const detail = options.detail === undefined ? '' : `\n${options.detail()}`;
  return new UntilError(`cannot see ${options.what}: ${reason}${last}${detail}`, { cause });
}
