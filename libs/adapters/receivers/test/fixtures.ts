import { fingerprint, type FlushedAlert, type Notification } from '@tandem/alerting';
import { readAlertmanagerConfig, type AlertmanagerConfig } from '@tandem/alertmanager-config';

/** A configuration that must be one. */
export function configOf(text: string): AlertmanagerConfig {
  const outcome = readAlertmanagerConfig(text);
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('\n'));
  return outcome.config;
}

/** A configuration with one webhook of one receiver `ops`; `webhook` is the inside of its mapping. */
export function webhookConfig(webhook: string): AlertmanagerConfig {
  return configOf(`route: {receiver: ops}\nreceivers: [{name: ops, webhook_configs: [{${webhook}}]}]\n`);
}

/** An alert of a flush that is firing since 2026-11-22 01:00 UTC. */
export function flushedAlert(labels: Readonly<Record<string, string>>, own: Partial<FlushedAlert> = {}): FlushedAlert {
  const set = new Map(Object.entries(labels));
  return {
    labels: set,
    annotations: new Map(),
    startsAtMs: Date.UTC(2026, 10, 22, 1),
    endsAtMs: Date.UTC(2036, 0, 1),
    updatedAtMs: Date.UTC(2026, 10, 22, 1),
    timeout: false,
    generatorUrl: '',
    fingerprint: fingerprint(set),
    resolved: false,
    ...own,
  };
}

/** A first notification of a group. */
export function notification(own: Partial<Notification> = {}): Notification {
  return {
    target: { groupKey: '{}:{alertname="A"}', receiver: 'ops', integration: 'webhook', index: 0 },
    groupLabels: new Map([['alertname', 'A']]),
    routeLabels: new Map(),
    reason: 'first notification',
    alerts: [flushedAlert({ alertname: 'A', i: '1' })],
    receiverData: new Map(),
    ...own,
  };
}
