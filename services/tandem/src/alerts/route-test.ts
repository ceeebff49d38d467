import {
  groupOf,
  matchRoutes,
  parseMatchers,
  type LabelSet,
  type MatcherMode,
  type MutedBy,
  type Outcome,
  type Route,
  type TimeIntervals,
} from '@tandem/alerting';
import { formatPrometheusDuration } from '@tandem/alertmanager-config';

import { formatFields, printable } from '../ha/table.ts';
import { rfc3339 } from '../ha/times.ts';

/** The labels of an alert, as `--route` has them: matchers that compare, such as `alertname=Down,job="node"`. */
export function parseAlertLabels(text: string, mode: MatcherMode): Outcome<LabelSet> {
  const parsed = parseMatchers(text, mode);
  if (!parsed.ok) return parsed;
  const labels = new Map<string, string>();
  for (const { type, name, value } of parsed.value.matchers) {
    if (type !== '=') return { ok: false, error: 'labels must be given as name=value pairs' };
    labels.set(name, value);
  }
  return { ok: true, value: labels };
}

/** Where an alert would go. */
export interface RouteTest {
  /** Receivers in the order of the tree; one may be there several times. */
  readonly receivers: readonly string[];
  /** What holds at each of its routes, for people. */
  readonly details: string;
}

/** Sends an alert's labels through the tree, as of a time (Unix ms). */
export function testRoute(root: Route, labels: LabelSet, times: TimeIntervals, timeMs: number): RouteTest {
  const routes = matchRoutes(root, labels);
  const details = routes.map((route) => describeRoute(route, labels, times.mutedBy(route.options, timeMs), timeMs));
  return { receivers: routes.map(({ options }) => options.receiver), details: details.join('\n\n') };
}

function describeRoute(route: Route, labels: LabelSet, muted: MutedBy | undefined, timeMs: number): string {
  const { receiver, groupBy, groupWaitMs, groupIntervalMs, repeatIntervalMs } = route.options;
  const group = groupOf(route, labels);
  return formatFields([
    ['receiver', receiver],
    ['route', route.id],
    ['group by', groupBy === '...' ? groupBy : [...groupBy].join(', ') || '-'],
    ['group key', group.key],
    ['wait', formatPrometheusDuration(groupWaitMs)],
    ['interval', formatPrometheusDuration(groupIntervalMs)],
    ['repeat', formatPrometheusDuration(repeatIntervalMs)],
    [`at ${rfc3339(timeMs) ?? '-'}`, muted === undefined ? 'notifies' : mutedText(muted)],
  ]);
}

function mutedText({ reason, names }: MutedBy): string {
  const list = names.map((name) => `"${printable(name)}"`).join(', ');
  return reason === 'mute-time' ? `muted: it is within ${list}` : `muted: it is not within ${list}`;
}

/** Whether the receivers are those that were expected, in order; as `amtool`, by comma. */
export function isExpected(receivers: readonly string[], expected: string): boolean {
  return receivers.join(',') === expected;
}
