import { counter, gauge, type Instruments } from '@tandem/telemetry';

/** Metrics of alerts as they are received and kept; `alertmanager_` ones mean what Alertmanager's of the same name mean. */
export const INTAKE_METRICS = {
  alerts: gauge({
    name: 'alertmanager_alerts',
    help: 'Alerts that are firing, by state: active, suppressed (silenced or inhibited), unprocessed (0: every alert is looked at when it comes).',
    labels: ['state'],
  }),
  received: counter({
    name: 'alertmanager_alerts_received_total',
    help: 'Alerts posted, invalid ones included, by status (firing, resolved) and API version.',
    labels: ['status', 'version'],
  }),
  invalid: counter({
    name: 'alertmanager_alerts_invalid_total',
    help: 'Alerts posted that were refused.',
    labels: ['version'],
  }),
  limited: counter({
    name: 'alertmanager_alerts_limited_total',
    help: 'Alerts left out because there are too many of their name (--alerts.per-alertname-limit).',
  }),
  perAlertLimit: gauge({
    name: 'alertmanager_alerts_per_alert_limit',
    help: 'How many alerts of one name may be known at once; 0: any number.',
  }),
  kept: counter({
    name: 'tandem_alerts_kept_alerts_total',
    help: 'Alerts taken while the log was away: known to this instance at once, appended when the log is back.',
  }),
  dropped: counter({
    name: 'tandem_alerts_dropped_alerts_total',
    help: 'Alerts left out, by reason: outbox-full (too many wait for the log).',
    labels: ['reason'],
  }),
  waiting: gauge({
    name: 'tandem_alerts_outbox_length',
    help: 'Alerts and groups that wait to be appended to the log: of each its newest state.',
  }),
  waitingEntries: gauge({
    name: 'tandem_alerts_waiting_entries',
    help: 'Entries of the notification log that wait to be appended.',
  }),
  droppedEntries: counter({
    name: 'tandem_alerts_dropped_entries_total',
    help: 'Entries of the notification log that it does not have, though they were sent, by reason: too-large (of too many alerts in one group).',
    labels: ['reason'],
  }),
  logErrors: counter({
    name: 'tandem_alerts_log_errors_total',
    help: 'Times the log could not be asked or written, by topic.',
    labels: ['topic'],
  }),
  unreadable: counter({
    name: 'tandem_alerts_unreadable_records_total',
    help: 'Records that could not be read, and were passed over, by topic.',
    labels: ['topic'],
  }),
  collected: counter({
    name: 'tandem_alerts_forgotten_total',
    help: 'What this instance removed from the log because its time was over, by topic.',
    labels: ['topic'],
  }),
};

/** The instruments of intake. */
export type IntakeMetrics = Instruments<typeof INTAKE_METRICS>;
