/** Resolves after a time, or at once when the signal aborts. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** Calls `step` each `intervalMs` until the function it returns is called. */
export function every(intervalMs: number, step: () => void): () => void {
  const timer = setInterval(step, intervalMs);
  return () => {
    clearInterval(timer);
  };
}
