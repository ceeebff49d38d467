import { classify } from '@tandem/errors';
import { type Clock } from '@tandem/lifecycle';
import { type Logger } from '@tandem/telemetry';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** What an outage is waited out with. */
export interface OutlastOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends the waiting: then the call rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/**
 * Makes a call of the log again and again, with pauses that grow to 5 s, while the log cannot be reached.
 *
 * @throws whatever waiting does not cure, and the signal's reason
 */
export async function outlast<T>(call: () => Promise<T>, { clock, logger, signal }: OutlastOptions): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (classify(error) !== 'unavailable') throw error;
      logger.warn({ error }, 'the log cannot be reached, waiting for it');
    }
    if (!signal.aborted) await pause(clock, pauseMs, signal);
  }
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.schedule(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
