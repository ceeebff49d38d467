/**
 * Resolves as `Promise.all` does, but rejects only when all have ended: whatever still went on would be at work on a run
 * that is over.
 */
export async function allEnded<T extends readonly unknown[] | []>(
  work: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/**
 * Takes steps one after the other, each whatever became of those before it.
 *
 * @throws what the first step that failed has thrown, when all were taken
 */
export async function takeAll(steps: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

const open = new Set<() => Promise<void>>();

/** Does work that has processes of its own, and ends them behind it, or when {@link endOpenRuns} is called before that. */
export async function withEnd<T>(work: () => Promise<T>, end: () => Promise<void>): Promise<T> {
  let ended: Promise<void> | undefined;
  const endOnce = (): Promise<void> => (ended ??= end());
  open.add(endOnce);
  try {
    return await work();
  } finally {
    open.delete(endOnce);
    await endOnce();
  }
}

/** Ends what a test that was given up has left running: nobody waits for it any more. */
export async function endOpenRuns(): Promise<void> {
  await takeAll([...open]);
}
