/** Time as the alerts service needs it. */
export interface AlertsClock {
  /** Log time as well as the instance can tell: its own clock, and how far the log's is from it. Unix ms, whole. */
  now(): number;
  /** Resolves after a time, or at once when the signal aborts: whether the time has come. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<boolean>;
}

/**
 * Why waiting ends: nobody waits any more. One for all, as making one for each wait (as a signal does that is given none)
 * costs as much as a wait does.
 */
export const OVER = new DOMException('nobody waits any more', 'AbortError');
