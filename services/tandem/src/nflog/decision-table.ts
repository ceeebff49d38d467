import { decisionInWords } from '@tandem/alerts';
import { formatLabelSet } from '@tandem/alerting';
import { type NotificationDecision } from '@tandem/records';

import { formatTable } from '../ha/table.ts';
import { formatTime } from '../ha/times.ts';

const HEAD = ['TIME', 'OUTCOME', 'TARGET', 'GROUP', 'INSTANCE', 'WHY'];

/** Decisions for people, a line each. */
export function decisionTable(decisions: readonly NotificationDecision[]): string {
  return formatTable(HEAD, decisions.map(decisionRow));
}

/** One of them without its head, for a list that goes on. */
export function decisionLine(decision: NotificationDecision): string {
  return formatTable(decisionRow(decision), []);
}

function decisionRow(decision: NotificationDecision): readonly string[] {
  const { decidedAtMs, outcome, groupLabels, instance } = decision;
  const group = formatLabelSet(new Map(Object.entries(groupLabels)));
  return [formatTime(decidedAtMs), outcome, targetOf(decision), group, instance, decisionInWords(decision)];
}

/** `receiver/integration/index`, or the receiver where it was decided for all integrations. */
export function targetOf({ receiver, integration, index }: NotificationDecision): string {
  return integration === null || index === null ? receiver : `${receiver}/${integration}/${index}`;
}
