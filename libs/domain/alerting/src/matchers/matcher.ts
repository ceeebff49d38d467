import { RE2JS, RE2JSException } from 're2js';

import { compareText, type LabelSet } from '../labels/label-set.ts';
import { failure, success, type Outcome } from '../outcome.ts';
import { quote } from '../labels/quote.ts';

/** Operators, in the order in which matchers of one name and value are sorted. */
export const MATCH_TYPES = ['=', '!=', '=~', '!~'] as const;

/** Equal, not equal, matches, does not match. */
export type MatchType = (typeof MATCH_TYPES)[number];

/** A condition on one label. */
export interface Matcher {
  readonly type: MatchType;
  readonly name: string;
  /** The value, or the regular expression as it was written. */
  readonly value: string;
  /** Whether a label's value fulfils it; a label that is not there has the value "". */
  matches(value: string): boolean;
}

/** A matcher; its regular expression (RE2 syntax) must match the whole value. */
export function createMatcher(type: MatchType, name: string, value: string): Outcome<Matcher> {
  if (type === '=') return success({ type, name, value, matches: (other) => other === value });
  if (type === '!=') return success({ type, name, value, matches: (other) => other !== value });
  const compiled = compileAnchored(value);
  if (!compiled.ok) return compiled;
  const expected = type === '=~';
  return success({ type, name, value, matches: (other) => compiled.value.testExact(other) === expected });
}

/** `^(?:value)$`: what a regular expression of a matcher stands for, and how `match_re` appears in a route's key. */
export function anchored(value: string): string {
  return `^(?:${value})$`;
}

/** Compiles a regular expression that must match a whole text. The error is RE2's: `error parsing regexp: …`. */
export function compileAnchored(value: string): Outcome<RE2JS> {
  return compilePattern(anchored(value));
}

/** Compiles a regular expression as it is. The error is RE2's. */
export function compilePattern(pattern: string): Outcome<RE2JS> {
  try {
    return success(RE2JS.compile(pattern));
  } catch (error) {
    if (error instanceof RE2JSException) return failure(error.message);
    throw error;
  }
}

/** Whether a label set fulfils every matcher. */
export function matchesAll(matchers: readonly Matcher[], labels: LabelSet): boolean {
  return matchers.every((matcher) => matcher.matches(labels.get(matcher.name) ?? ''));
}

/** By name, then value, then operator. */
export function compareMatchers(a: Matcher, b: Matcher): number {
  return (
    compareText(a.name, b.name) ||
    compareText(a.value, b.value) ||
    MATCH_TYPES.indexOf(a.type) - MATCH_TYPES.indexOf(b.type)
  );
}

/** What ends a name that stands without quotes: white space as Unicode has it, and the signs of the syntax. */
const RESERVED = /[\p{White_Space}{}!=~,\\"'`]/u;

/** Whether a character must be quoted in a name. */
export function isReserved(character: string): boolean {
  return RESERVED.test(character);
}

/** `name="value"`; a name with a reserved character is quoted, and so is its value then, as Go quotes. */
export function formatMatcher({ type, name, value }: Matcher): string {
  if (RESERVED.test(name)) return `${quote(name)}${type}${quote(value)}`;
  return `${name}${type}"${escapeOpenMetrics(value)}"`;
}

/** `{a="b",c=~"d"}`, in the order given. */
export function formatMatchers(matchers: readonly Matcher[]): string {
  return `{${matchers.map(formatMatcher).join(',')}}`;
}

/** OpenMetrics escapes these three and nothing else. */
function escapeOpenMetrics(value: string): string {
  return value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`);
}
