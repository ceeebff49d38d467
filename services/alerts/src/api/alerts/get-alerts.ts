import { matchRoutes } from '@tandem/alerting';

import { listed, message } from '../http/answers.ts';
import { matchersOf, receiverFilterOf, type ReceiverFilter } from '../http/parameters.ts';
import { inSlices } from '../http/slices.ts';
import { JsonList } from '../json/json-list.ts';
import { shownReceivers } from '../cluster/receivers.ts';
import { type ConfigInForce } from '../backend.ts';
import { type Operation } from '../operation.ts';
import { alertFilterOf, fingerprintOf, renderAlert, shownSuppression, type ShownAlert } from './alert-view.ts';

/** `GET /alerts` */
export const getAlerts: Operation = async ({ query }, { backend, matcherMode }) => {
  const matchers = matchersOf(query, 'filter', matcherMode);
  if (!matchers.ok) return message(400, matchers.error);
  const receivers = receiverFilterOf(query, matcherMode);
  if (!receivers.ok) return message(400, receivers.error);
  const filter = alertFilterOf(query, matchers.value);
  const config = backend.config();
  const wanted = wantedReceivers(config, receivers.value);
  const shown: ShownAlert[] = [];
  // The alerts as they are now: others come while the answer is made.
  await inSlices([...backend.alerts()], (alert) => {
    const names = matchRoutes(config.root, alert.labels).map(({ options }) => options.receiver);
    if (!names.some((name) => wanted.has(name))) return;
    const suppression = shownSuppression(alert, filter, backend);
    if (suppression === undefined) return;
    shown.push({ alert, fingerprint: fingerprintOf(alert), receivers: names, suppression, mutedBy: [] });
  });
  shown.sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const list = new JsonList();
  await inSlices(shown, (alert) => list.add(renderAlert(alert)));
  return listed(list);
};

/** Names of the receivers that a filter lets through. */
export function wantedReceivers(config: ConfigInForce, filter: ReceiverFilter): ReadonlySet<string> {
  return new Set(
    shownReceivers(config)
      .filter(filter)
      .map(({ name }) => name),
  );
}
