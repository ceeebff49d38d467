import { matchesAll, type LabelSet, type Matcher } from '@tandem/alerting';
import { type NotificationDecision } from '@tandem/records';

/** How a flush may end. */
export const OUTCOMES = ['sent', 'skipped', 'suppressed', 'failed', 'held', 'stopped'] as const;

/** Which group a decision must be of: one by its key, or those whose labels match. */
export type GroupFilter = { readonly key: string } | { readonly matchers: readonly Matcher[] };

/** Which decisions are wanted: those that fulfil everything that is given. */
export interface DecisionFilter {
  /** Whether a receiver is wanted, by its name. */
  readonly receiver?: ((name: string) => boolean) | undefined;
  readonly group?: GroupFilter | undefined;
  /** One alert of the decision fulfils all of them. */
  readonly alert?: readonly Matcher[] | undefined;
  /** Names. */
  readonly instances?: ReadonlySet<string> | undefined;
  readonly outcomes?: ReadonlySet<string> | undefined;
  /** Time of the decision, Unix ms: from then on, and before then. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

/** What of a decision is the same for all decisions about its target. */
export interface DecisionSubject {
  readonly receiver: string;
  readonly groupKey: string;
  readonly groupLabels: LabelSet;
}

/** Whether a decision is wanted. */
export function isWanted(filter: DecisionFilter, decision: NotificationDecision): boolean {
  const { decidedAtMs, instance, outcome, receiver, groupKey } = decision;
  const subject = { receiver, groupKey, groupLabels: labelsOf(decision.groupLabels) };
  return (
    decidedAtMs >= (filter.sinceMs ?? -Infinity) &&
    decidedAtMs < (filter.untilMs ?? Infinity) &&
    filter.instances?.has(instance) !== false &&
    filter.outcomes?.has(outcome) !== false &&
    isSubjectWanted(filter, subject) &&
    areAlertsWanted(
      filter,
      decision.alerts.map(({ labels }) => labelsOf(labels)),
    )
  );
}

/** Whether decisions about a subject may be wanted. */
export function isSubjectWanted({ receiver, group }: DecisionFilter, subject: DecisionSubject): boolean {
  if (receiver?.(subject.receiver) === false) return false;
  if (group === undefined) return true;
  return 'key' in group ? group.key === subject.groupKey : matchesAll(group.matchers, subject.groupLabels);
}

/** Whether decisions about alerts of these labels may be wanted. */
export function areAlertsWanted({ alert }: DecisionFilter, alerts: readonly LabelSet[]): boolean {
  return alert === undefined || alert.length === 0 || alerts.some((labels) => matchesAll(alert, labels));
}

/** Labels of a record. */
export function labelsOf(record: Readonly<Record<string, string>>): LabelSet {
  return new Map(Object.entries(record));
}
