import { STATUS_CODES } from 'node:http';

import { type FailureReason, type SendOutcome } from '@tandem/alerting';

import { type HttpAnswer } from './http/answer.ts';

const MAX_MESSAGE_CHARS = 300;

/** What an answer means: 2xx is success, 5xx may pass, anything else will not (alertmanager.md §1.9). */
export function outcomeOf({ status, text }: HttpAnswer, clean: (text: string) => string): SendOutcome {
  if (status >= 200 && status < 300)
    return { outcome: 'sent', answer: `${status} ${STATUS_CODES[status] ?? ''}`.trim() };
  const detail = oneLine(clean(text));
  const message = `unexpected status code ${status}${detail === '' ? '' : `: ${detail}`}`;
  return { outcome: status >= 500 ? 'retry' : 'failed', reason: reasonOf(status), message };
}

/** The word of `alertmanager_notifications_failed_total{reason}` for a status. */
export function reasonOf(status: number): FailureReason {
  if (status === 401 || status === 403) return 'authError';
  if (status === 429) return 'rateLimited';
  if (status >= 400 && status < 500) return 'clientError';
  return status >= 500 && status < 600 ? 'serverError' : 'other';
}

/** A text of somebody else's as part of a message: no line breaks or control characters, and not long. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > MAX_MESSAGE_CHARS ? `${line.slice(0, MAX_MESSAGE_CHARS)}…` : line;
}
