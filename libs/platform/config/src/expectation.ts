import { type z } from 'zod';

import { EXPECTATION } from './kind.ts';

const TYPES: Readonly<Record<string, string>> = {
  string: 'text (in quotes when it looks like a number)',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section of keys',
  record: 'a map',
};

type TooSmall = z.core.$ZodIssueTooSmall;
type TooBig = z.core.$ZodIssueTooBig;

/** Completes "expected …" for an issue, or `undefined` where the schema's own message is to be given. */
export function expectationOf(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small') return lowerBound(issue);
  if (issue.code === 'too_big') return upperBound(issue);
  return issue.code === 'custom' && issue.params?.[EXPECTATION] === true ? issue.message : undefined;
}

function lowerBound({ origin, inclusive, minimum }: TooSmall): string {
  if (origin === 'string' && minimum === 1) return 'text that is not empty';
  return `${inclusive === false ? 'more than' : 'at least'} ${minimum}${unitOf(origin)}`;
}

function upperBound({ origin, inclusive, maximum }: TooBig): string {
  return `${inclusive === false ? 'less than' : 'at most'} ${maximum}${unitOf(origin)}`;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}
