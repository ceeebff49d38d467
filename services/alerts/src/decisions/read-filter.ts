import {
  compileAnchored,
  failure,
  parseMatcher,
  parseMatchers,
  success,
  type Matcher,
  type MatcherMode,
  type Outcome,
} from '@tandem/alerting';

import { OUTCOMES, type DecisionFilter, type GroupFilter } from './decision-filter.ts';

/** A filter as people write it: in parameters of a request, in flags of a command. */
export interface WrittenFilter {
  /** A regular expression of the whole name. */
  readonly receiver?: string | undefined;
  /** A group key, or matchers of the group's labels. */
  readonly group?: string | undefined;
  /** Matchers, each of which one alert fulfils. */
  readonly filter?: readonly string[] | undefined;
  readonly outcome?: readonly string[] | undefined;
  readonly instance?: readonly string[] | undefined;
  /** Unix ms. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

/** Reads a filter. The error names what is wrong. */
export function readFilter(written: WrittenFilter, mode: MatcherMode): Outcome<DecisionFilter> {
  const receiver = readReceiver(written.receiver);
  if (!receiver.ok) return receiver;
  const group = readGroup(written.group, mode);
  if (!group.ok) return group;
  const alert = readMatchers(written.filter, mode);
  if (!alert.ok) return alert;
  const outcomes = readOutcomes(written.outcome);
  if (!outcomes.ok) return outcomes;
  const { instance, sinceMs, untilMs } = written;
  const instances = instance === undefined || instance.length === 0 ? undefined : new Set(instance);
  return success({
    receiver: receiver.value,
    group: group.value,
    alert: alert.value,
    outcomes: outcomes.value,
    instances,
    sinceMs,
    untilMs,
  });
}

function readReceiver(text: string | undefined): Outcome<DecisionFilter['receiver']> {
  if (text === undefined || text === '') return success(undefined);
  const compiled = compileAnchored(text);
  if (!compiled.ok) return failure(`failed to parse receiver param: ${compiled.error}`);
  return success((name) => compiled.value.testExact(name));
}

/** Keys of groups have matchers of routes, a colon, and labels; matchers have one pair of braces at most. */
function readGroup(text: string | undefined, mode: MatcherMode): Outcome<GroupFilter | undefined> {
  if (text === undefined || text === '') return success(undefined);
  if (text.startsWith('{') && text.includes('}:{')) return success({ key: text });
  const parsed = parseMatchers(text, mode);
  return parsed.ok ? success(parsed.value) : failure(`bad group: ${parsed.error}`);
}

function readMatchers(
  texts: readonly string[] | undefined,
  mode: MatcherMode,
): Outcome<readonly Matcher[] | undefined> {
  if (texts === undefined || texts.length === 0) return success(undefined);
  const matchers: Matcher[] = [];
  for (const text of texts) {
    const parsed = parseMatcher(text, mode);
    if (!parsed.ok) return failure(`bad matcher format: ${parsed.error}`);
    matchers.push(...parsed.value.matchers);
  }
  return success(matchers);
}

function readOutcomes(names: readonly string[] | undefined): Outcome<ReadonlySet<string> | undefined> {
  if (names === undefined || names.length === 0) return success(undefined);
  const unknown = names.find((name) => !OUTCOMES.some((outcome) => outcome === name));
  if (unknown === undefined) return success(new Set(names));
  return failure(`bad outcome "${unknown}": expected one of ${OUTCOMES.join(', ')}`);
}
