import { parseClassicMatcher, parseClassicMatchers } from './classic-matchers.ts';
import { type MatcherMode } from '../labels/label-name.ts';
import { failure, success, type Outcome } from '../outcome.ts';
import { formatMatcher, type Matcher } from './matcher.ts';
import { parseUtf8Matchers } from './utf8-matchers.ts';

/** Matchers, and what an operator should know about how they were read. */
export interface ParsedMatchers {
  readonly matchers: readonly Matcher[];
  /** Why the classic reading was taken; nothing where both agree. */
  readonly warning?: string;
}

/** Reads matchers: a comma-separated list, in braces or not. */
export function parseMatchers(input: string, mode: MatcherMode): Outcome<ParsedMatchers> {
  const utf8 = mode === 'classic' ? undefined : parseUtf8Matchers(input);
  const classic = mode === 'utf8-strict' ? undefined : parseClassicMatchers(input);
  return agree(input, utf8, classic);
}

/** Reads one matcher, without braces. */
export function parseMatcher(input: string, mode: MatcherMode): Outcome<ParsedMatchers> {
  if (mode !== 'classic' && (input.startsWith('{') || input.endsWith('}'))) {
    return failure(`unexpected open or close brace: ${input}`);
  }
  const utf8 = mode === 'classic' ? undefined : exactlyOne(parseUtf8Matchers(input));
  const classic = mode === 'utf8-strict' ? undefined : parseClassicMatcher(input);
  return agree(input, utf8, classic?.ok === true ? success([classic.value]) : classic);
}

function exactlyOne(parsed: Outcome<readonly Matcher[]>): Outcome<readonly Matcher[]> {
  if (!parsed.ok || parsed.value.length === 1) return parsed;
  if (parsed.value.length === 0) return failure('no matchers');
  return failure(`expected 1 matcher, found ${parsed.value.length}`);
}

type Parsed = Outcome<readonly Matcher[]> | undefined;

/** Where only one was asked, it says; where both were, and differ, the classic one does, as upstream has it. */
function agree(input: string, utf8: Parsed, classic: Parsed): Outcome<ParsedMatchers> {
  if (classic?.ok !== true) return plain(utf8?.ok === true ? utf8 : (classic ?? utf8));
  if (utf8 === undefined) return plain(classic);
  const matchers = classic.value;
  if (!utf8.ok) {
    const suggestion = matchers.map(formatMatcher).join(',');
    const warning = `the matchers ${input} are not valid in the UTF-8 syntax (${utf8.error}): write ${suggestion}`;
    return success({ matchers, warning });
  }
  if (sameMatchers(utf8.value, matchers)) return plain(utf8);
  return success({
    matchers,
    warning: `the matchers ${input} mean something else in the UTF-8 syntax: quote the values`,
  });
}

function plain(parsed: Parsed): Outcome<ParsedMatchers> {
  if (parsed === undefined) return failure('no syntax of matchers was asked for');
  return parsed.ok ? success({ matchers: parsed.value }) : parsed;
}

function sameMatchers(a: readonly Matcher[], b: readonly Matcher[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ type, name, value }, index) => {
      const other = b[index];
      return other?.type === type && other.name === name && other.value === value;
    })
  );
}
