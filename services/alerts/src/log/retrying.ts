import { type AlertsClock } from '../clock.ts';

/** How something is tried again. */
export interface Retrying {
  readonly clock: AlertsClock;
  /** Pause after a failure, ms. */
  readonly retryMs: number;
  /** Ends trying. */
  readonly signal: AbortSignal;
  /** Told of each failure. */
  readonly onError: (error: unknown) => void;
}

/** Does something until it succeeds. @returns false where the signal aborts before */
export async function retrying(work: () => Promise<unknown>, options: Retrying): Promise<boolean> {
  const { clock, retryMs, signal, onError } = options;
  while (!signal.aborted) {
    try {
      await work();
      return !signal.aborted;
    } catch (error) {
      onError(error);
    }
    await clock.sleep(retryMs, signal);
  }
  return false;
}
