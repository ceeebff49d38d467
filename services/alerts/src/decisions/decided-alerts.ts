import { formatMatchers, type FlushedAlert, type LabelSet, type Suppression } from '@tandem/alerting';
import { type NotificationDecision } from '@tandem/records';

/** The most alerts of a decision, and the most UTF-16 units of their labels (SPEC.md, D2). */
const MAX_ALERTS = 64;
const MAX_LABELS = 49_152;

/** An alert as a decision tells of it. */
export type DecidedAlert = NotificationDecision['alerts'][number];

/** What a decision says of the alerts of its group. */
export type DecidedAlerts = Pick<
  NotificationDecision,
  'alerts' | 'alertsCut' | 'firing' | 'resolved' | 'suppressed' | 'mutedBy'
>;

const NOTHING_LOOKED_AT: DecidedAlerts = {
  alerts: [],
  alertsCut: 0,
  firing: 0,
  resolved: 0,
  suppressed: 0,
  mutedBy: [],
};

/** The alerts of a flush, those that were kept back first, as many as there is room for. */
export function decidedAlerts(suppression: Suppression | undefined): DecidedAlerts {
  if (suppression === undefined) return NOTHING_LOOKED_AT;
  const { inhibited, silenced, muted, alerts: left, mutedBy } = suppression;
  const all = [
    ...inhibited.map(({ alert, by }) => {
      const inhibitRule = by.rule.name === '' ? formatMatchers(by.rule.target) : by.rule.name;
      return decidedAlert(alert, { inhibitedBy: by.source, inhibitRule });
    }),
    ...silenced.map(({ alert, ids }) => decidedAlert(alert, { silencedBy: ids })),
    ...muted.map((alert) => decidedAlert(alert)),
    ...left.map((alert) => decidedAlert(alert)),
  ];
  const alerts = all.slice(0, roomFor(all));
  const resolved = all.filter((alert) => alert.resolved).length;
  return {
    alerts,
    alertsCut: all.length - alerts.length,
    firing: all.length - resolved,
    resolved,
    suppressed: all.length - left.length,
    mutedBy: mutedBy?.names ?? [],
  };
}

function decidedAlert({ fingerprint, labels, resolved }: FlushedAlert, by: Partial<DecidedAlert> = {}): DecidedAlert {
  const own = { fingerprint, labels: recordOf(labels), resolved };
  return { ...own, silencedBy: [], inhibitedBy: null, inhibitRule: null, ...by };
}

/** Labels as records have them. */
export function recordOf(labels: LabelSet): Readonly<Record<string, string>> {
  return Object.fromEntries(labels);
}

/** How many of the first alerts there is room for. */
function roomFor(alerts: readonly DecidedAlert[]): number {
  let units = 0;
  const end = alerts.slice(0, MAX_ALERTS).findIndex(({ labels }) => {
    units += Object.entries(labels).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    return units > MAX_LABELS;
  });
  return end === -1 ? Math.min(alerts.length, MAX_ALERTS) : end;
}
