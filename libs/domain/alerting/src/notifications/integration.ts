import { type FlushedAlert } from '../groups/group-table.ts';
import { type LabelSet } from '../labels/label-set.ts';
import { type NotificationReason } from './decide-notification.ts';
import { type NotificationTarget, type ReceiverData } from './notification-entry.ts';

/** What a receiver is told. */
export interface Notification {
  readonly target: NotificationTarget;
  readonly groupLabels: LabelSet;
  readonly routeLabels: LabelSet;
  readonly reason: NotificationReason;
  /** In order; resolved ones only where the integration wants them. At least one. */
  readonly alerts: readonly FlushedAlert[];
  /** What the integration remembers of the group. */
  readonly receiverData: ReceiverData;
}

/** Why an attempt failed; the words of `alertmanager_notifications_failed_total{reason}`. */
export type FailureReason =
  'other' | 'clientError' | 'serverError' | 'contextCanceled' | 'contextDeadlineExceeded' | 'authError' | 'rateLimited';

/** What came of one attempt. Messages have no secrets in them. */
export type SendOutcome =
  | {
      readonly outcome: 'sent';
      /** What the receiver answered, for the notification log: `200 OK`. */
      readonly answer: string;
      /** What is to be remembered from now on; absent: as before. */
      readonly receiverData?: ReceiverData;
    }
  /** It may succeed later. */
  | { readonly outcome: 'retry'; readonly reason: FailureReason; readonly message: string }
  /** It will not. */
  | { readonly outcome: 'failed'; readonly reason: FailureReason; readonly message: string };

/** One way of a receiver to be told, such as a webhook. */
export interface Integration {
  /** Type: `webhook`. */
  readonly type: string;
  /** Its place among those of its type in the receiver. */
  readonly index: number;
  /** Whether it wants to hear of resolved alerts. */
  readonly sendResolved: boolean;
  /** Sends once. Never rejects; ends soon after the signal aborts. */
  send(notification: Notification, signal: AbortSignal): Promise<SendOutcome>;
}
