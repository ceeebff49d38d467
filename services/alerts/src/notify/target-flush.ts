import {
  type FlushedAlert,
  type Group,
  type NotificationReason,
  type NotificationTarget,
  type SkipReason,
  type Suppression,
} from '@tandem/alerting';

import { type FailureReason, type Integration, type SendOutcome } from '@tandem/alerting';

/** A flush of a group to one integration. */
export interface TargetFlush {
  readonly group: Group;
  readonly target: NotificationTarget;
  readonly integration: Integration;
  /** Time of the tick, Unix ms. */
  readonly tickMs: number;
  readonly position: number;
  /** How long those before it are waited for: position × step, ms. */
  readonly waitMs: number;
  /** Log time by which it is over, Unix ms. */
  readonly deadlineMs: number;
}

/** How a flush to one integration ended. Each is a record in `notifications` (SPEC.md, P2). */
export type TargetOutcome =
  | {
      readonly kind: 'sent';
      readonly reason: NotificationReason;
      /** How often it was tried; 0: only resolved alerts were left, of which the integration does not want to hear. */
      readonly attempts: number;
      readonly answer: string;
      /** The log could not be asked, and so nobody knows whether another instance has sent the same. */
      readonly failOpen: boolean;
      readonly alerts: readonly FlushedAlert[];
    }
  | { readonly kind: 'skipped'; readonly reason: SkipReason }
  /** Since the tick everything was resolved and told, or is suppressed now. */
  | { readonly kind: 'suppressed'; readonly suppression: Suppression }
  /** Another instance has been sending until the deadline. */
  | { readonly kind: 'held'; readonly owner: string }
  | {
      readonly kind: 'failed';
      readonly attempts: number;
      readonly reason: FailureReason;
      readonly message: string;
      readonly failOpen: boolean;
    }
  /** The instance stopped before it began to send. */
  | { readonly kind: 'stopped' };

/** Whether the flush succeeded, so that resolved alerts may leave the group (SPEC.md, P3). */
export function succeeded(outcome: TargetOutcome): boolean {
  return outcome.kind === 'sent' || outcome.kind === 'skipped' || outcome.kind === 'suppressed';
}

/** What a flush has met on its way, for those who ask why it ended as it did. Times are log time, Unix ms. */
export interface FlushPassage {
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  /** The alerts as they were looked at last; absent: it ended before it looked after its wait. */
  readonly suppression?: Suppression | undefined;
  /** When the target had been told before; absent: never, or not asked. */
  readonly toldAtMs?: number | undefined;
}

/** Told of a flush on its way. */
export interface FlushObserver {
  /** @param durationMs from the start of the attempt to its end */
  attempt(flush: TargetFlush, outcome: SendOutcome, attempt: number, durationMs: number): void;
  ended(flush: TargetFlush, outcome: TargetOutcome, passage: FlushPassage): void;
}
