import {
  anchored,
  createMatcher,
  type InhibitRule,
  type Matcher,
  type MatchType,
  type NamedTimeIntervals,
  type RouteSpec,
} from '@tandem/alerting';

import { type AlertmanagerConfig } from './alertmanager-config.ts';
import { type NamedIntervalsConfig } from './schema/intervals.ts';
import { ALL_LABELS, type RouteConfig } from './schema/route.ts';

/** A route of the file as the routing tree is built from it; `match` and `match_re` are matchers like others. */
export function routeSpec(route: RouteConfig): RouteSpec {
  return {
    receiver: route.receiver,
    groupBy: route.group_by?.includes(ALL_LABELS) === true ? ALL_LABELS : route.group_by,
    matchers: allMatchers(route.match, route.match_re, route.matchers),
    continue: route.continue,
    groupWaitMs: route.group_wait,
    groupIntervalMs: route.group_interval,
    repeatIntervalMs: route.repeat_interval,
    muteTimeIntervals: route.mute_time_intervals,
    activeTimeIntervals: route.active_time_intervals,
    labels: route.labels,
    routes: route.routes.map(routeSpec),
  };
}

/** The inhibition rules of a configuration; matchers of the old spelling are matchers like others. */
export function inhibitRules(config: AlertmanagerConfig): readonly InhibitRule[] {
  return config.inhibit_rules.map((rule) => ({
    name: rule.name,
    source: allMatchers(rule.source_match, rule.source_match_re, rule.source_matchers),
    target: allMatchers(rule.target_match, rule.target_match_re, rule.target_matchers),
    equal: rule.equal,
  }));
}

function allMatchers(
  values: ReadonlyMap<string, string>,
  expressions: ReadonlyMap<string, string>,
  matchers: readonly Matcher[],
): readonly Matcher[] {
  return [
    ...[...values].map(([name, value]) => known('=', name, value)),
    // These appear anchored in a route's key.
    ...[...expressions].map(([name, value]) => known('=~', name, anchored(value))),
    ...matchers,
  ];
}

function known(type: MatchType, name: string, value: string): Matcher {
  const matcher = createMatcher(type, name, value);
  if (!matcher.ok) throw new Error(`cannot read the matcher of ${name}, which was checked: ${matcher.error}`);
  return matcher.value;
}

/** Every named time interval of a configuration. */
export function namedTimeIntervals(config: AlertmanagerConfig): readonly NamedTimeIntervals[] {
  return [...config.mute_time_intervals, ...config.time_intervals].map(intervalsOf);
}

function intervalsOf({ name, time_intervals: intervals }: NamedIntervalsConfig): NamedTimeIntervals {
  return {
    name,
    intervals: intervals.map(({ times, weekdays, days_of_month: daysOfMonth, months, years, location }) => ({
      times,
      weekdays,
      daysOfMonth,
      months,
      years,
      location,
    })),
  };
}
