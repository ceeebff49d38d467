import { type ProblemCode } from '../problem.ts';
import { Invalid } from './invalid.ts';

type Text = (a: number, b: number) => readonly [ProblemCode, string];

/** By the numbers of `wasm/problem.as`. */
const TEXTS: Readonly<Record<number, Text>> = {
  1: (a) => ['malformed', `field number 0 at byte ${a}`],
  2: (a, b) => ['malformed', `length ${b} at byte ${a} exceeds its message`],
  3: (a, b) => ['malformed', `wire type ${b} at byte ${a}`],
  4: (a) => ['malformed', `a field runs past the end of its message at byte ${a}`],
  5: (a) => ['malformed', `more than 32 bits at byte ${a}`],
  6: (a) => ['malformed', `a varint of more than 64 bits at byte ${a}`],
  7: (a) => ['malformed', `a varint of more than ten bytes at byte ${a}`],
  8: () => ['invalid-timestamp', 'a timestamp is beyond 2^52 ms'],
  9: (a) => ['invalid-utf8', `text that is not UTF-8 at byte ${a}`],
  10: () => ['invalid-symbols', 'symbol 0 is not the empty text'],
  11: (a, b) => ['invalid-symbols', `reference ${a >>> 0} into a table of ${b} symbols`],
  12: (a) => ['invalid-labels', `an odd number of label references at byte ${a}`],
  13: (a) => ['invalid-labels', `an odd number of label references of an exemplar at byte ${a}`],
};

/** The problem of a number, as it leaves a walk; `a` and `b` are what the module says with it. */
export function problemOf(number: number, a: number, b: number): Invalid {
  const text = TEXTS[number];
  if (text === undefined) throw new RangeError(`a problem of the unknown number ${number}`);
  return new Invalid(...text(a, b));
}
