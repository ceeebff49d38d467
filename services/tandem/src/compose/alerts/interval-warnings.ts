import { type Route } from '@tandem/alerting';
import { formatPrometheusDuration } from '@tandem/alertmanager-config';

/** What is odd about the intervals of a route, in a sentence each: it is allowed, and rarely meant. */
export function intervalWarnings(route: Route, retentionMs: number): readonly string[] {
  const { groupIntervalMs, repeatIntervalMs } = route.options;
  const repeat = `repeat_interval ${formatPrometheusDuration(repeatIntervalMs)} of route ${route.id}`;
  const own: string[] = [];
  if (repeatIntervalMs > retentionMs) {
    own.push(`${repeat} is longer than --data.retention: it is repeated after the retention already`);
  }
  if (repeatIntervalMs < groupIntervalMs) {
    own.push(`${repeat} is shorter than its group_interval: it is repeated each group_interval`);
  }
  return [...own, ...route.routes.flatMap((child) => intervalWarnings(child, retentionMs))];
}
