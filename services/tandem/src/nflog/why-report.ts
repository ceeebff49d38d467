import { decisionInWords, decisionJson } from '@tandem/alerts';
import { formatLabelSet } from '@tandem/alerting';
import { type NotificationDecision } from '@tandem/records';

import { formatJson } from '../ha/report.ts';
import { printable } from '../ha/table.ts';
import { formatSpan, formatTime, rfc3339 } from '../ha/times.ts';
import { type AlertInLog } from './alerts-in-log.ts';
import { decisionTable } from './decision-table.ts';
import { type TargetWhy, type Why, type WhyQuery } from './why.ts';

/** Why somebody was, or was not, told, for people. */
export function whyText(why: Why, query: WhyQuery): string {
  if (why.targets.length === 0) return nothingDecided(why, query).join('\n');
  return why.targets.map((target) => targetText(target, query)).join('\n\n');
}

/** The same for programs. */
export function whyJson(why: Why, query: WhyQuery): string {
  return formatJson({
    time: rfc3339(query.timeMs),
    targets: why.targets.map((target) => ({
      target: target.target,
      groupKey: target.groupKey,
      verdict: verdict(target, query.timeMs),
      tickBefore: rfc3339(target.ticks.beforeMs),
      tickAfter: rfc3339(target.ticks.afterMs),
      decisions: target.around.map(decisionJson),
      standing: target.before.map(decisionJson),
    })),
    reasons: why.targets.length === 0 ? nothingDecided(why, query) : [],
  });
}

function targetText(target: TargetWhy, { timeMs }: WhyQuery): string {
  const { around, before } = target;
  const standing = before.filter((decision) => !around.includes(decision)).toReversed();
  const shown = [...standing, ...around];
  return [
    `${printable(target.target)}, group ${printable(target.groupKey)}`,
    verdict(target, timeMs),
    ...(shown.length === 0 ? [] : [decisionTable(shown)]),
  ].join('\n');
}

/** What held at the time: the last thing told, or what stood against it. */
function verdict({ before, next, ticks }: TargetWhy, timeMs: number): string {
  const tick = `the group ticks at ${formatTime(ticks.beforeMs)} and ${formatTime(ticks.afterMs)}`;
  const told = before.find(({ outcome, decidedAtMs }) => outcome === 'sent' && decidedAtMs >= ticks.beforeMs);
  if (told !== undefined) return `at ${formatTime(told.decidedAtMs)}, ${told.instance}: ${decisionInWords(told)}`;
  const [last] = before.filter(({ outcome }) => outcome !== 'held');
  const holding = last ?? before[0];
  if (holding === undefined) {
    const first = next === undefined ? '' : `; the first decision is ${after(next, timeMs)}: ${decisionInWords(next)}`;
    return `nothing was decided yet: the group was not there, or it had not ticked (group_wait)${first}`;
  }
  const now = holding.decidedAtMs >= ticks.beforeMs ? 'decided' : 'still held';
  const words = `${holding.instance} ${now} since ${formatTime(holding.decidedAtMs)}: ${decisionInWords(holding)}`;
  return holding.decidedAtMs >= ticks.beforeMs ? words : `${words}; ${tick}, and nothing new was decided until then`;
}

function after({ decidedAtMs }: NotificationDecision, timeMs: number): string {
  return `${formatSpan(decidedAtMs - timeMs)} later, ${formatTime(decidedAtMs)}`;
}

/** What may say why nothing was decided. */
function nothingDecided({ active, alerts }: Why, query: WhyQuery): readonly string[] {
  const { timeMs, windowMs } = query;
  const from = `${formatTime(timeMs - windowMs)} to ${formatTime(timeMs + windowMs)}`;
  const who = [...active].map(([instance, count]) => `${printable(instance)} (${count})`).join(', ');
  const others =
    active.size === 0
      ? `no instance wrote any decision from ${from}: none ran, or no group had anything new`
      : `instances that wrote decisions of other groups from ${from}: ${who}`;
  return ['nothing was decided about such alerts', ...alertsInWords(alerts, timeMs), others];
}

function alertsInWords(alerts: readonly AlertInLog[], timeMs: number): readonly string[] {
  if (alerts.length === 0) {
    return ['the log has no such alert: none was received, or it was resolved and is past its use'];
  }
  return alerts.map((alert) => `${printable(formatLabelSet(alert.labels))}: ${alertInWords(alert, timeMs)}`);
}

function alertInWords({ startsAtMs, endsAtMs, updatedAtMs, receivedBy }: AlertInLog, timeMs: number): string {
  if (startsAtMs > timeMs) return `it began at ${formatTime(startsAtMs)}, later than that`;
  if (endsAtMs <= timeMs) return `it was resolved at ${formatTime(endsAtMs)}, before that`;
  const received = `last received by ${receivedBy} at ${formatTime(updatedAtMs)}`;
  return `it fired since ${formatTime(startsAtMs)} (${received}): its group had not ticked (group_wait), or nobody flushed it`;
}
