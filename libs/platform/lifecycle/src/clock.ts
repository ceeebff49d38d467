/** Time as the lifecycle needs it. */
export interface Clock {
  /** Monotonic, ms. */
  now(): number;
  /** Runs a function after a delay; the function returned cancels it. */
  schedule(run: () => void, delayMs: number): () => void;
}

/** The machine's clock. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  schedule: (run, delayMs) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** How a step with a deadline ended. */
export type StepOutcome =
  { readonly outcome: 'done' } | { readonly outcome: 'failed'; readonly error: unknown } | { readonly outcome: 'late' };

/** Runs a step until it settles or its time is over, whichever is first; what a late step does afterwards is ignored. */
export function runWithin(step: () => Promise<void> | void, deadlineMs: number, clock: Clock): Promise<StepOutcome> {
  return new Promise((resolve) => {
    const cancel = clock.schedule(() => resolve({ outcome: 'late' }), deadlineMs);
    Promise.resolve()
      .then(step)
      .then(
        () => resolve({ outcome: 'done' }),
        (error: unknown) => resolve({ outcome: 'failed', error }),
      )
      .finally(cancel);
  });
}
