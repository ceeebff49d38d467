import { retryAfterMs } from './retry-after.ts';

/** Why an attempt may be made again. */
export type RetryReason =
  'network' | 'timeout' | 'server-error' | 'throttled' | 'not-accepted' | 'aborted' | 'credentials';

/** What became of one attempt to send. */
export type WriteOutcome =
  | { readonly outcome: 'delivered'; readonly status: number }
  /**
   * May succeed later: no answer (`network`, `timeout`, `aborted` by the caller), an answer that is not about the
   * content (5xx, 429, and what a wrong credential, address or proxy gives: 401, 404, a redirect), or a file of
   * credentials that cannot be read.
   */
  | {
      readonly outcome: 'retry';
      readonly reason: RetryReason;
      readonly status?: number;
      readonly message: string;
      /** The target's own word, ms; at most an hour. */
      readonly retryAfterMs?: number;
    }
  /** Will not succeed: the target has judged the content. The message has the first bytes of its answer. */
  | { readonly outcome: 'refused'; readonly status: number; readonly message: string };

/** An answer, its body cut to what a message needs. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/**
 * Answers that judge the content of a request: it will not be taken later either. vmagent goes by much the same list
 * (remote-write-and-rollup §1.2). Prometheus drops after every 4xx but has no log behind it: here a token that expired
 * must cost time, not data.
 */
const JUDGED: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);

/** What an answer means. */
export function outcomeOf({ status, retryAfter, text }: Answer, nowMs: number): WriteOutcome {
  if (status >= 200 && status < 300) return { outcome: 'delivered', status };
  const message = `the target answered ${status}${text === '' ? '' : `: ${text}`}`;
  if (JUDGED.has(status)) return { outcome: 'refused', status, message };
  const waitMs = retryAfterMs(retryAfter, nowMs);
  return {
    outcome: 'retry',
    reason: status === 429 ? 'throttled' : status >= 500 ? 'server-error' : 'not-accepted',
    status,
    message,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
}
