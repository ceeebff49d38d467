import { OVER, type AlertsClock } from '../clock.ts';

/** How long the log is waited for. */
export interface Patience {
  readonly clock: AlertsClock;
  /** Time after which it counts as away, ms. */
  readonly patienceMs: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/**
 * Does something with the log for as long as patience lasts.
 *
 * @param work is told by its signal when nobody waits for it any more; it may go on all the same
 * @returns `undefined` where the log was away (it failed, or took too long), or the signal aborted
 */
export async function inTime<T>(
  work: (end: AbortSignal) => Promise<T>,
  { clock, patienceMs, signal }: Patience,
): Promise<T | undefined> {
  const end = new AbortController();
  const stop = (): void => end.abort(OVER);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const late = clock.sleep(patienceMs, end.signal).then(() => undefined);
    return await Promise.race([work(end.signal).catch(() => undefined), late]);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
