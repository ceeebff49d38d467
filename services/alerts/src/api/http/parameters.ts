import {
  compileAnchored,
  failure,
  matchesAll,
  parseMatcher,
  success,
  type LabelSet,
  type Matcher,
  type MatcherMode,
  type Outcome,
} from '@tandem/alerting';

/** Everything else is no: go-openapi refuses no spelling. */
const YES: ReadonlySet<string> = new Set(['true', '1', 'yes', 'ok', 'y', 'on', 'selected', 'checked', 't', 'enabled']);

/** A boolean that is on unless it is given: of several the last one holds, an empty one is not given. */
export function flagOf(query: URLSearchParams, name: string): boolean {
  const value = query.getAll(name).at(-1) ?? '';
  return value === '' || YES.has(value.toLowerCase());
}

/** The matchers of a parameter that may be given several times: one each. The error is upstream's. */
export function matchersOf(query: URLSearchParams, name: string, mode: MatcherMode): Outcome<readonly Matcher[]> {
  const matchers: Matcher[] = [];
  for (const text of query.getAll(name)) {
    const parsed = parseMatcher(text, mode);
    if (!parsed.ok) return parsed;
    matchers.push(...parsed.value.matchers);
  }
  return success(matchers);
}

/** A receiver of the configuration, as the API shows it. */
export interface ShownReceiver {
  readonly name: string;
  /** `name` among them. */
  readonly labels: LabelSet;
}

/** Whether a receiver is one of those that were asked for. */
export type ReceiverFilter = (receiver: ShownReceiver) => boolean;

/** The receivers that `receiver` (a regular expression of the whole name) and `receiver_matchers` ask for. */
export function receiverFilterOf(query: URLSearchParams, mode: MatcherMode): Outcome<ReceiverFilter> {
  const named = nameFilterOf(query.getAll('receiver').at(-1) ?? '');
  if (!named.ok) return failure(`failed to parse receiver param: ${named.error}`);
  const labelled = receiverMatchersOf(query, mode);
  if (!labelled.ok) return labelled;
  return success(({ name, labels }) => named.value(name) && matchesAll(labelled.value, labels));
}

/** The matchers that labels of receivers are held against. */
export function receiverMatchersOf(query: URLSearchParams, mode: MatcherMode): Outcome<readonly Matcher[]> {
  const matchers = matchersOf(query, 'receiver_matchers', mode);
  return matchers.ok ? matchers : failure(`failed to parse receiver_matchers param: ${matchers.error}`);
}

function nameFilterOf(pattern: string): Outcome<(name: string) => boolean> {
  if (pattern === '') return success(() => true);
  const compiled = compileAnchored(pattern);
  return compiled.ok ? success((name) => compiled.value.testExact(name)) : compiled;
}
