import { isResolved, type AlertTable } from '@tandem/alerting';

import { type AlertCodec } from '../log/alert-codec.ts';
import { type Written } from '../log/written.ts';
import { type Outgoing } from './outbox.ts';

/** What records are made from. */
export interface WritingAlerts {
  readonly codec: AlertCodec;
  readonly alerts: Pick<AlertTable, 'ahead' | 'get'>;
  /** Log time, Unix ms. */
  readonly nowMs: number;
}

/** The records of what is to be appended. */
export function* writtenAlerts(outgoing: Outgoing, writing: WritingAlerts): IterableIterator<Written> {
  const { codec } = writing;
  yield* received(outgoing, writing);
  yield* forgotten(outgoing, writing);
  for (const [id, { ended, opening }] of outgoing.groups) {
    if (ended) yield codec.groupEnded(id);
    if (opening !== undefined) yield codec.groupOpened(id, opening);
  }
}

/** Alerts as they are now: what they were when they were put into the outbox is part of it. */
function* received({ received, incomplete }: Outgoing, { codec, alerts }: WritingAlerts): IterableIterator<Written> {
  for (const fingerprint of received) {
    const alert = alerts.ahead(fingerprint);
    if (alert !== undefined) yield codec.alert(fingerprint, alert);
  }
  for (const fingerprint of incomplete) {
    const alert = alerts.get(fingerprint);
    if (alert !== undefined && !received.has(fingerprint)) yield codec.alert(fingerprint, alert);
  }
}

/** Not those that were received again since. */
function* forgotten({ forgotten }: Outgoing, { codec, alerts, nowMs }: WritingAlerts): IterableIterator<Written> {
  for (const fingerprint of forgotten) {
    const alert = alerts.get(fingerprint);
    if (alert !== undefined && isResolved(alert, nowMs)) yield codec.alertForgotten(fingerprint);
  }
}
