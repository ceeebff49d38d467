import { type Alert } from '../alerts/alert.ts';
import { compareLabelSets, compareText } from '../labels/label-set.ts';

/** Labels that order the alerts of a notification before all others. */
const FIRST = ['job', 'instance'] as const;

/** The alerts of a notification in upstream's order: by `job`, `instance` (those without it last), then all labels. */
export function sortAlerts<A extends Pick<Alert, 'labels'>>(alerts: readonly A[]): readonly A[] {
  return alerts.toSorted((a, b) => compareAlerts(a, b));
}

function compareAlerts(a: Pick<Alert, 'labels'>, b: Pick<Alert, 'labels'>): number {
  for (const name of FIRST) {
    const [value, other] = [a.labels.get(name), b.labels.get(name)];
    if (value === other) continue;
    if (value === undefined) return 1;
    if (other === undefined) return -1;
    return compareText(value, other);
  }
  return compareLabelSets(a.labels, b.labels);
}
