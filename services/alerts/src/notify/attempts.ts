import { type AlertsClock } from '../clock.ts';
import { type FailureReason, type Integration, type Notification, type SendOutcome } from '@tandem/alerting';

const FIRST_MS = 500;
const FACTOR = 1.5;
const MAX_MS = 60_000;
/** Share of a pause by which it varies, up and down. */
const SPREAD = 0.5;

/** How long to wait after `failures` failures in a row (1, 2, …), ms. @param random from 0 to 1 */
export function backoffMs(failures: number, random: number): number {
  const pause = Math.min(FIRST_MS * FACTOR ** (failures - 1), MAX_MS);
  return Math.round(pause * (1 - SPREAD + 2 * SPREAD * random));
}

/** What came of sending with repetitions. */
export type AttemptsOutcome =
  | { readonly outcome: 'sent'; readonly attempts: number; readonly sent: Extract<SendOutcome, { outcome: 'sent' }> }
  | { readonly outcome: 'failed'; readonly attempts: number; readonly reason: FailureReason; readonly message: string };

/** What sending needs. */
export interface AttemptsOptions {
  readonly clock: AlertsClock;
  readonly random: () => number;
  /** Ends trying: the flush is over, or the instance stops. */
  readonly signal: AbortSignal;
  /** Ends an attempt that is under way. */
  readonly cut: AbortSignal;
  /** Told of every attempt, and what it took. */
  readonly onAttempt: (outcome: SendOutcome, attempt: number, durationMs: number) => void;
}

/**
 * Sends until it succeeds, fails for good, or the signal aborts (alertmanager.md §1.9). Of an attempt that was cut short
 * nothing is known: then the failure before it is told.
 */
export async function sendWithRetries(
  integration: Integration,
  notification: Notification,
  { clock, random, signal, cut, onAttempt }: AttemptsOptions,
): Promise<AttemptsOutcome> {
  let before: Extract<AttemptsOutcome, { outcome: 'failed' }> | undefined;
  for (let attempts = 1; ; attempts++) {
    const beganMs = clock.now();
    const outcome = await integration.send(notification, cut);
    onAttempt(outcome, attempts, clock.now() - beganMs);
    if (outcome.outcome === 'sent') return { outcome: 'sent', attempts, sent: outcome };
    const { reason, message } = outcome;
    const failed = { outcome: 'failed', attempts, reason, message } as const;
    if (cut.aborted && before !== undefined) return { ...before, attempts };
    if (outcome.outcome === 'failed' || !(await clock.sleep(backoffMs(attempts, random()), signal))) return failed;
    before = failed;
  }
}
