import {
  createMatcher,
  failure,
  formatMatcher,
  formatMatchers,
  parseMatchers,
  success,
  type Matcher,
  type MatcherMode,
  type Outcome,
} from '@tandem/alerting';

import { type MatcherView } from './views.ts';

/** The matchers of a page's `filter`: a list, in braces or not, as links in notifications have it. "" is none. */
export function readFilter(filter: string, mode: MatcherMode): Outcome<readonly Matcher[]> {
  if (filter.trim() === '') return success([]);
  const parsed = parseMatchers(filter, mode);
  return parsed.ok ? success(parsed.value.matchers) : failure(parsed.error);
}

/** Matchers as parameters of the API: one each. */
export function filterParameters(matchers: readonly Matcher[]): URLSearchParams {
  return new URLSearchParams(matchers.map((matcher): [string, string] => ['filter', formatMatcher(matcher)]));
}

/** A place that silences alerts with all of these labels. */
export function newSilenceLink(labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).flatMap(([name, value]) => matcherOf('=', name, value));
  return `#/silences/new?${new URLSearchParams({ filter: formatMatchers(matchers) }).toString()}`;
}

/** Matchers of the API as text. */
export function matchersText(matchers: readonly MatcherView[]): string {
  return formatMatchers(
    matchers.flatMap(({ name, value, isRegex, isEqual }) => {
      if (isRegex) return matcherOf(isEqual ? '=~' : '!~', name, value);
      return matcherOf(isEqual ? '=' : '!=', name, value);
    }),
  );
}

/** Matchers as the API takes them. */
export function matcherViews(matchers: readonly Matcher[]): readonly MatcherView[] {
  return matchers.map(({ type, name, value }) => ({
    name,
    value,
    isRegex: type === '=~' || type === '!~',
    isEqual: type === '=' || type === '=~',
  }));
}

function matcherOf(type: Matcher['type'], name: string, value: string): readonly Matcher[] {
  const matcher = createMatcher(type, name, value);
  return matcher.ok ? [matcher.value] : [];
}
