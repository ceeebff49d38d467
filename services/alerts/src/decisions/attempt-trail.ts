import { type SendOutcome } from '@tandem/alerting';
import { type NotificationDecision } from '@tandem/records';

/** What came of an attempt. */
export type Answer = NotificationDecision['answers'][number];

/** Of many attempts these many at the beginning and at the end are told of (SPEC.md, D2). */
const FIRST = 3;
const LAST = 7;
const MAX_MESSAGE = 500;

/** The attempts of one flush, in bounded room. */
export class AttemptTrail {
  readonly #answers: Answer[] = [];

  /** @param atMs when it ended, Unix ms @param attempt its number, from 1 */
  add(outcome: SendOutcome, attempt: number, { atMs, durationMs }: { atMs: number; durationMs: number }): void {
    const failed = outcome.outcome === 'sent' ? undefined : outcome;
    const message = outcome.outcome === 'sent' ? outcome.answer : outcome.message;
    this.#answers.push({
      attempt,
      atMs,
      durationMs,
      outcome: outcome.outcome,
      reason: failed?.reason ?? '',
      message: cut(message),
    });
    if (this.#answers.length > FIRST + LAST) this.#answers.splice(FIRST, 1);
  }

  answers(): readonly Answer[] {
    return [...this.#answers];
  }
}

/** A message of another system, in bounded room. */
export function cut(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - 1)}…`;
}
