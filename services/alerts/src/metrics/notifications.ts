import {
  type FailureReason,
  type Group,
  type Integration,
  type MutedBy,
  type SendOutcome,
  type Suppression,
} from '@tandem/alerting';
import { INTEGRATION_KEYS } from '@tandem/alertmanager-config';
import { counter, histogram, type Instruments, type Metrics } from '@tandem/telemetry';

import { type AlertsObserver } from '../alerts-options.ts';
import { type TargetFlush, type TargetOutcome } from '../notify/target-flush.ts';

/** `receiver_name` is there with the feature `receiver-name-in-metrics` alone. */
const INTEGRATION = ['integration', 'receiver_name'] as const;

/** Metrics of notifications, named as Alertmanager's and meaning the same. */
export const NOTIFICATION_METRICS = {
  notifications: counter({
    name: 'alertmanager_notifications_total',
    help: 'Notifications that were to be sent, with all their attempts, by integration.',
    labels: INTEGRATION,
  }),
  failed: counter({
    name: 'alertmanager_notifications_failed_total',
    help: 'Notifications that failed, by integration and reason of the last attempt: other, clientError (4xx), serverError (5xx), authError (401, 403), rateLimited (429), contextCanceled (the instance stopped), contextDeadlineExceeded (the flush was over).',
    labels: [...INTEGRATION, 'reason'],
  }),
  requests: counter({
    name: 'alertmanager_notification_requests_total',
    help: 'Attempts to send a notification, by integration.',
    labels: INTEGRATION,
  }),
  failedRequests: counter({
    name: 'alertmanager_notification_requests_failed_total',
    help: 'Attempts to send a notification that failed, by integration.',
    labels: INTEGRATION,
  }),
  latency: histogram({
    name: 'alertmanager_notification_latency_seconds',
    help: 'How long an attempt to send a notification took, by integration.',
    labels: INTEGRATION,
    buckets: [1, 5, 10, 15, 20],
  }),
  suppressed: counter({
    name: 'alertmanager_notifications_suppressed_total',
    help: 'Alerts left out of flushes before their wait, by reason: silence, inhibition, mute_time_interval, active_time_interval.',
    labels: ['reason'],
  }),
};

const REASONS: Readonly<Record<FailureReason, true>> = {
  other: true,
  clientError: true,
  serverError: true,
  contextCanceled: true,
  contextDeadlineExceeded: true,
  authError: true,
  rateLimited: true,
};
const MUTED: Readonly<Record<MutedBy['reason'], string>> = {
  'mute-time': 'mute_time_interval',
  'not-active-time': 'active_time_interval',
};

/** What series of an integration are told apart by. */
interface IntegrationLabels {
  readonly integration: string;
  readonly receiver_name?: string;
}

/** Counts what becomes of notifications. */
export class NotificationMetrics implements AlertsObserver {
  readonly #instruments: Instruments<typeof NOTIFICATION_METRICS>;
  readonly #withReceivers: boolean;

  /** @param withReceivers `--enable-feature=receiver-name-in-metrics` */
  constructor(metrics: Metrics, withReceivers: boolean) {
    this.#instruments = metrics.instruments(NOTIFICATION_METRICS);
    this.#withReceivers = withReceivers;
  }

  /** Shows every series from the start, at 0: of all types of integrations, or of each receiver's own where receivers are told. */
  initialise(integrations: ReadonlyMap<string, readonly Integration[]>): void {
    for (const labels of this.#known(integrations)) {
      const { notifications, requests, failedRequests, latency, failed } = this.#instruments;
      for (const count of [notifications, requests, failedRequests]) count.inc({ ...labels }, 0);
      for (const reason of Object.keys(REASONS)) failed.inc({ ...labels, reason }, 0);
      latency.zero({ ...labels });
    }
  }

  attempt(flush: TargetFlush, outcome: SendOutcome, _attempt: number, durationMs: number): void {
    const labels = this.#labelsOf(flush);
    this.#instruments.requests.inc({ ...labels });
    if (outcome.outcome !== 'sent') this.#instruments.failedRequests.inc({ ...labels });
    this.#instruments.latency.observe({ ...labels }, durationMs / 1000);
  }

  ended(flush: TargetFlush, outcome: TargetOutcome): void {
    if (outcome.kind !== 'sent' && outcome.kind !== 'failed') return;
    const labels = this.#labelsOf(flush);
    this.#instruments.notifications.inc({ ...labels });
    if (outcome.kind === 'failed') this.#instruments.failed.inc({ ...labels, reason: outcome.reason });
  }

  suppressed(_group: Group, { inhibited, silenced, muted, mutedBy }: Suppression): void {
    const { suppressed } = this.#instruments;
    if (inhibited.length > 0) suppressed.inc({ reason: 'inhibition' }, inhibited.length);
    if (silenced.length > 0) suppressed.inc({ reason: 'silence' }, silenced.length);
    if (mutedBy !== undefined) suppressed.inc({ reason: MUTED[mutedBy.reason] }, muted.length);
  }

  #known(integrations: ReadonlyMap<string, readonly Integration[]>): readonly IntegrationLabels[] {
    if (!this.#withReceivers) return INTEGRATION_KEYS.map((key) => ({ integration: key.replace('_configs', '') }));
    return [...integrations].flatMap(([receiver, all]) =>
      all.map(({ type }) => ({ integration: type, receiver_name: receiver })),
    );
  }

  #labelsOf({ target }: TargetFlush): IntegrationLabels {
    const { integration, receiver } = target;
    return this.#withReceivers ? { integration, receiver_name: receiver } : { integration };
  }
}
