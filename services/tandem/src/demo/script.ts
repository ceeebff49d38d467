/** When things happen in the demonstration, ms from its start; scrapes are a second apart. */
export const SCRIPT = {
  intervalMs: 1000,
  /** One and a half intervals, and what a busy machine adds to one. */
  widestSeamMs: 2000,
  /** The shortest the elections' settings allow. */
  updateTimeoutMs: 1000,
  failoverTimeoutMs: 3000,
  stopElectedAfterMs: 8000,
  /** From there on, so that the failover has happened. */
  restartAfterMs: 8000,
  endAfterMs: 5000,
  /** How long what is still under way may take to arrive. */
  settleMs: 5000,
} as const;
