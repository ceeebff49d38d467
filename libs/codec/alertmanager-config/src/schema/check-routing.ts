import { type ReceiverConfig } from '../receivers/receiver.ts';
import { type Decoding } from '../yaml/decoding.ts';
import { type NamedIntervalsConfig } from './intervals.ts';
import { type RouteConfig } from './route.ts';

/** What routes refer to. */
interface Routing {
  readonly route: RouteConfig | undefined;
  readonly receivers: readonly ReceiverConfig[];
  readonly mute_time_intervals: readonly NamedIntervalsConfig[];
  readonly time_intervals: readonly NamedIntervalsConfig[];
}

/** Refuses names that are there twice, or not at all, and a root that does not take every alert. */
export function checkRouting(routing: Routing, decoding: Decoding): void {
  const receivers = uniqueNames(routing.receivers, 'notification config name', decoding);
  const { mute_time_intervals: mute, time_intervals: others } = routing;
  const muting = uniqueNames(mute, 'mute time interval', decoding);
  const intervals = uniqueNames(others, 'time interval', decoding, muting);
  const root = routing.route;
  if (root === undefined) {
    decoding.fail({ line: 1, column: 1 }, 'no routes provided');
    return;
  }
  checkRoot(root, decoding);
  checkNames(root, { receivers, intervals }, decoding);
}

interface Named {
  readonly name: string;
}

function uniqueNames(
  named: readonly Named[],
  what: string,
  decoding: Decoding,
  taken: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  const names = new Set(taken);
  for (const one of named) {
    if (names.has(one.name)) decoding.fail(decoding.positionOf(one, 'name'), `${what} "${one.name}" is not unique`);
    names.add(one.name);
  }
  return names;
}

function checkRoot(root: RouteConfig, decoding: Decoding): void {
  const refuse = (key: keyof RouteConfig, message: string): void => {
    decoding.fail(decoding.positionOf(root, key), message);
  };
  if (root.receiver === '') refuse('receiver', 'root route must specify a default receiver');
  for (const key of ['match', 'match_re'] as const) {
    if (root[key].size > 0) refuse(key, 'root route must not have any matchers');
  }
  if (root.matchers.length > 0) refuse('matchers', 'root route must not have any matchers');
  if (root.mute_time_intervals.length > 0) {
    refuse('mute_time_intervals', 'root route must not have any mute time intervals');
  }
  if (root.active_time_intervals.length > 0) {
    refuse('active_time_intervals', 'root route must not have any active time intervals');
  }
  if (root.continue) refuse('continue', 'cannot have continue in root route');
}

interface Known {
  readonly receivers: ReadonlySet<string>;
  readonly intervals: ReadonlySet<string>;
}

function checkNames(route: RouteConfig, known: Known, decoding: Decoding): void {
  for (const child of route.routes) checkNames(child, known, decoding);
  if (route.receiver !== '' && !known.receivers.has(route.receiver)) {
    const message = `undefined receiver "${route.receiver}" used in route`;
    decoding.fail(decoding.positionOf(route, 'receiver'), message);
  }
  for (const key of ['active_time_intervals', 'mute_time_intervals'] as const) {
    for (const name of route[key].filter((one) => !known.intervals.has(one))) {
      decoding.fail(decoding.positionOf(route, key), `undefined time interval "${name}" used in route`);
    }
  }
}
