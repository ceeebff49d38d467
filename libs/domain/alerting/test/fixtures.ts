import {
  createMatcher,
  type Alert,
  type LabelSet,
  type Matcher,
  type MatchType,
  type RouteSpec,
} from '../src/index.ts';

/** A matcher that must be one. */
export function matcher(type: MatchType, name: string, value: string): Matcher {
  const made = createMatcher(type, name, value);
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

/** Labels of pairs. */
export function labels(pairs: Readonly<Record<string, string>>): LabelSet {
  return new Map(Object.entries(pairs));
}

/** A route as written, with nothing said but what is given. */
export function routeSpec(own: Partial<RouteSpec> = {}): RouteSpec {
  return {
    matchers: [],
    continue: false,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    labels: new Map(),
    routes: [],
    ...own,
  };
}

/** An alert that began a minute after the epoch and ends in the far future. */
export function alert(pairs: Readonly<Record<string, string>>, own: Partial<Alert> = {}): Alert {
  return {
    labels: labels(pairs),
    annotations: new Map(),
    startsAtMs: 60_000,
    endsAtMs: 10_000_000,
    updatedAtMs: 60_000,
    timeout: false,
    generatorUrl: '',
    ...own,
  };
}
