import { fingerprint, formatLabelSet, type LabelSet } from '../labels/label-set.ts';
import { compareMatchers, formatMatchers, matchesAll, type Matcher } from '../matchers/matcher.ts';

/** A route as it was written: what is `undefined` is inherited. */
export interface RouteSpec {
  readonly receiver?: string | undefined;
  /** Labels to group by; `'...'` stands for all of them, an empty list for one group of everything. */
  readonly groupBy?: readonly string[] | '...' | undefined;
  /** Matchers of every spelling, in any order. */
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly groupWaitMs?: number | undefined;
  readonly groupIntervalMs?: number | undefined;
  readonly repeatIntervalMs?: number | undefined;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly labels: LabelSet;
  readonly routes: readonly RouteSpec[];
}

/** What holds for the alerts of a route: its own settings over those of the routes above it. */
export interface RouteOptions {
  readonly receiver: string;
  /** `'...'` is every label of an alert. */
  readonly groupBy: ReadonlySet<string> | '...';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  /** Of this route alone: these are not inherited. */
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly labels: LabelSet;
}

/** A node of the routing tree. */
export interface Route {
  readonly options: RouteOptions;
  /** Sorted. */
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  /** Matchers from the root to here: `{}/{a="b"}`. First half of a group key; two routes may have the same. */
  readonly key: string;
  /** The key with the place among its siblings at each level: `{}/{a="b"}/0`. No two routes have the same. */
  readonly id: string;
  readonly routes: readonly Route[];
}

/** What the root has where the configuration says nothing. */
export const DEFAULT_ROUTE_OPTIONS: RouteOptions = {
  receiver: '',
  groupBy: new Set(),
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 14_400_000,
  muteTimeIntervals: [],
  activeTimeIntervals: [],
  labels: new Map(),
};

/** The routing tree of a root route. */
export function buildRoutes(root: RouteSpec): Route {
  const matchers = root.matchers.toSorted(compareMatchers);
  const key = formatMatchers(matchers);
  return buildRoute(root, { options: optionsOf(root, DEFAULT_ROUTE_OPTIONS), matchers, key, id: key });
}

type Placed = Pick<Route, 'options' | 'matchers' | 'key' | 'id'>;

function buildRoute(spec: RouteSpec, placed: Placed): Route {
  const routes = spec.routes.map((child, index) => {
    const matchers = child.matchers.toSorted(compareMatchers);
    const text = formatMatchers(matchers);
    const options = optionsOf(child, placed.options);
    return buildRoute(child, { options, matchers, key: `${placed.key}/${text}`, id: `${placed.id}/${text}/${index}` });
  });
  return { ...placed, continue: spec.continue, routes };
}

function optionsOf(spec: RouteSpec, above: RouteOptions): RouteOptions {
  return {
    receiver: spec.receiver === undefined || spec.receiver === '' ? above.receiver : spec.receiver,
    groupBy: groupByOf(spec, above),
    groupWaitMs: spec.groupWaitMs ?? above.groupWaitMs,
    groupIntervalMs: spec.groupIntervalMs ?? above.groupIntervalMs,
    repeatIntervalMs: spec.repeatIntervalMs ?? above.repeatIntervalMs,
    muteTimeIntervals: spec.muteTimeIntervals,
    activeTimeIntervals: spec.activeTimeIntervals,
    labels: spec.labels.size === 0 ? above.labels : new Map([...above.labels, ...spec.labels]),
  };
}

function groupByOf({ groupBy }: RouteSpec, above: RouteOptions): RouteOptions['groupBy'] {
  if (groupBy === undefined) return above.groupBy;
  return groupBy === '...' ? groupBy : new Set(groupBy);
}

/**
 * The routes an alert goes to, in the order of the tree: of the children that match, the first one and, as long as each
 * says `continue`, the next; the route itself where none matches. Empty where the root does not match.
 */
export function matchRoutes(route: Route, labels: LabelSet): readonly Route[] {
  if (!matchesAll(route.matchers, labels)) return [];
  const found: Route[] = [];
  for (const child of route.routes) {
    const matched = matchRoutes(child, labels);
    found.push(...matched);
    if (matched.length > 0 && !child.continue) break;
  }
  return found.length === 0 ? [route] : found;
}

/** A group of a route's alerts: those with the same values of the labels it groups by. */
export interface AlertGroup {
  /** Those of the labels that the alert has. */
  readonly labels: LabelSet;
  /** Tells the group from others of its route. */
  readonly fingerprint: string;
  /** `{}/{a="b"}:{alertname="X"}`: what the notification log and receivers know the group by. */
  readonly key: string;
}

/** The group an alert belongs to at a route. */
export function groupOf(route: Route, labels: LabelSet): AlertGroup {
  const { groupBy } = route.options;
  const grouped = groupBy === '...' ? labels : new Map([...labels].filter(([name]) => groupBy.has(name)));
  return { labels: grouped, fingerprint: fingerprint(grouped), key: `${route.key}:${formatLabelSet(grouped)}` };
}
