import { type FlushedAlert, type LabelSet, type Notification } from '@tandem/alerting';

import { formatGoJson, formatGoStruct } from '../go/json.ts';
import { quoteMeta } from '../go/quote-meta.ts';
import { formatGoTime, ZERO_TIME } from '../go/time.ts';

/** What of a payload is the same for all notifications of a webhook. */
export interface StandardPayloadOptions {
  /** `--web.external-url`. */
  readonly externalUrl: string;
  /** Alerts behind this many are left out and counted; 0: none is. */
  readonly maxAlerts: number;
}

/**
 * What a webhook is told, version 4 of the format: byte for byte what Alertmanager 0.34 sends. Common labels, status and
 * all else are of the alerts that are not left out.
 */
export function standardPayload(
  notification: Notification,
  { externalUrl, maxAlerts }: StandardPayloadOptions,
): string {
  const { target, groupLabels, routeLabels, reason } = notification;
  const alerts = maxAlerts > 0 ? notification.alerts.slice(0, maxAlerts) : notification.alerts;
  const isFiring = alerts.some(({ resolved }) => !resolved);
  const json = formatGoStruct([
    ['receiver', formatGoJson(quoteMeta(target.receiver))],
    ['status', formatGoJson(isFiring ? 'firing' : 'resolved')],
    ['alerts', `[${alerts.map(formatAlert).join(',')}]`],
    ['notification_reason', formatGoJson(reason)],
    ['groupLabels', formatGoJson(groupLabels)],
    ['commonLabels', formatGoJson(common(alerts.map(({ labels }) => labels)))],
    ['commonAnnotations', formatGoJson(common(alerts.map(({ annotations }) => annotations)))],
    ['routeLabels', formatGoJson(routeLabels)],
    ['externalURL', formatGoJson(externalUrl)],
    ['version', '"4"'],
    ['groupKey', formatGoJson(target.groupKey)],
    ['truncatedAlerts', formatGoJson(notification.alerts.length - alerts.length)],
  ]);
  return `${json}\n`;
}

function formatAlert(alert: FlushedAlert): string {
  const { labels, annotations, startsAtMs, endsAtMs, resolved, generatorUrl, fingerprint } = alert;
  return formatGoStruct([
    ['status', formatGoJson(resolved ? 'resolved' : 'firing')],
    ['labels', formatGoJson(labels)],
    ['annotations', formatGoJson(annotations)],
    ['startsAt', formatGoJson(formatGoTime(startsAtMs))],
    ['endsAt', formatGoJson(resolved ? formatGoTime(endsAtMs) : ZERO_TIME)],
    ['generatorURL', formatGoJson(generatorUrl)],
    ['fingerprint', formatGoJson(fingerprint)],
  ]);
}

/** What the first set has and no other contradicts: one that is not there is as good as an empty one, as upstream has it. */
function common([first, ...others]: readonly LabelSet[]): LabelSet {
  const kept = [...(first ?? [])].filter(([name, value]) => others.every((set) => (set.get(name) ?? '') === value));
  return new Map(kept);
}
