import { retryAfterMs } from './retry-after.ts';

/** Why an attempt may be made again. */
export type RetryReason = 'network' | 'timeout' | 'server-error' | 'throttled' | 'aborted' | 'credentials';

/** What became of one attempt to send. */
export type WriteOutcome =
  | { readonly outcome: 'delivered'; readonly status: number }
  /**
   * May succeed later: no answer (`network`, `timeout`, `aborted` by the caller), 5xx, 429, or a file of credentials
   * that cannot be read.
   */
  | {
      readonly outcome: 'retry';
      readonly reason: RetryReason;
      readonly status?: number;
      readonly message: string;
      /** The target's own word, ms; at most an hour. */
      readonly retryAfterMs?: number;
    }
  /** Will not succeed: any other answer, redirects among them. The message has the first bytes of its body. */
  | { readonly outcome: 'refused'; readonly status: number; readonly message: string };

/** An answer, its body cut to what a message needs. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** What an answer means: senders send again after 5xx and 429, and drop after anything else that is not 2xx. */
export function outcomeOf({ status, retryAfter, text }: Answer, nowMs: number): WriteOutcome {
  if (status >= 200 && status < 300) return { outcome: 'delivered', status };
  const message = `the target answered ${status}${text === '' ? '' : `: ${text}`}`;
  if (status < 500 && status !== 429) return { outcome: 'refused', status, message };
  const waitMs = retryAfterMs(retryAfter, nowMs);
  return {
    outcome: 'retry',
    reason: status === 429 ? 'throttled' : 'server-error',
    status,
    message,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
}
