import { compareLabelSets, compareText, sortAlerts, type Alert, type Group } from '@tandem/alerting';

import { listed, message } from '../http/answers.ts';
import { flagOf, matchersOf, receiverFilterOf } from '../http/parameters.ts';
import { inSlices } from '../http/slices.ts';
import { JsonList } from '../json/json-list.ts';
import { jsonLabels, jsonText } from '../json/render-json.ts';
import { type AlertSuppression, type ApiBackend } from '../backend.ts';
import { type Operation } from '../operation.ts';
import { alertFilterOf, fingerprintOf, renderAlert, shownSuppression, type AlertFilter } from './alert-view.ts';
import { wantedReceivers } from './get-alerts.ts';

/** A group, and those of its alerts that are asked for. */
interface ShownGroup {
  readonly group: Group;
  readonly receiver: string;
  readonly alerts: readonly Alert[];
}

/** `GET /alerts/groups` */
export const getGroups: Operation = async ({ query }, { backend, matcherMode }) => {
  const matchers = matchersOf(query, 'filter', matcherMode);
  if (!matchers.ok) return message(400, matchers.error);
  const receivers = receiverFilterOf(query, matcherMode);
  if (!receivers.ok) return message(400, receivers.error);
  const wanted = wantedReceivers(backend.config(), receivers.value);
  const page = new GroupsPage(backend, alertFilterOf(query, matchers.value));
  const groups = [...backend.groups()].filter(({ route }) => wanted.has(route.options.receiver));
  await inSlices(groups, (group) => page.take(group));
  return listed(await page.render(flagOf(query, 'muted')));
};

class GroupsPage {
  readonly #backend: ApiBackend;
  readonly #filter: AlertFilter;
  readonly #groups: ShownGroup[] = [];
  readonly #suppressions = new Map<string, AlertSuppression>();
  /** By fingerprint: names of the receivers of each group that shows the alert. */
  readonly #receivers = new Map<string, string[]>();

  constructor(backend: ApiBackend, filter: AlertFilter) {
    this.#backend = backend;
    this.#filter = filter;
  }

  take(group: Group): void {
    const { receiver } = group.route.options;
    const alerts: Alert[] = [];
    for (const [fingerprint, alert] of group.alerts) {
      const suppression = shownSuppression(alert, this.#filter, this.#backend);
      if (suppression === undefined) continue;
      alerts.push(alert);
      this.#suppressions.set(fingerprint, suppression);
      const names = this.#receivers.get(fingerprint);
      if (names === undefined) this.#receivers.set(fingerprint, [receiver]);
      else names.push(receiver);
    }
    if (alerts.length > 0) this.#groups.push({ group, receiver, alerts });
  }

  async render(withMuted: boolean): Promise<JsonList> {
    for (const names of this.#receivers.values()) names.sort(compareText);
    this.#groups.sort(
      (a, b) => compareLabelSets(a.group.group.labels, b.group.group.labels) || compareText(a.receiver, b.receiver),
    );
    const list = new JsonList();
    await inSlices(this.#groups, (shown) => {
      const mutedBy = this.#backend.mutedBy(shown.group);
      if (withMuted || mutedBy.length === 0) list.add(this.#renderGroup(shown, mutedBy));
    });
    return list;
  }

  #renderGroup({ group, receiver, alerts }: ShownGroup, mutedBy: readonly string[]): string {
    const rendered = sortAlerts(alerts).map((alert) => this.#renderAlert(alert, mutedBy));
    return (
      `{"alerts":[${rendered.join(',')}],"labels":${jsonLabels(group.group.labels)},` +
      `"receiver":{"name":${jsonText(receiver)}},"routeLabels":${jsonLabels(group.route.options.labels)}}`
    );
  }

  #renderAlert(alert: Alert, mutedBy: readonly string[]): string {
    const fingerprint = fingerprintOf(alert);
    const receivers = this.#receivers.get(fingerprint) ?? [];
    const suppression = this.#suppressions.get(fingerprint) ?? { silencedBy: [], inhibitedBy: [] };
    return renderAlert({ alert, fingerprint, receivers, suppression, mutedBy });
  }
}
