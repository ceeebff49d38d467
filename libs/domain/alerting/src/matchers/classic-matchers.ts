import { createMatcher, type Matcher, type MatchType } from './matcher.ts';
import { failure, success, type Outcome } from '../outcome.ts';

/** Name and operator; `=~` stands before `=`, or the `~` would be of the value. */
const HEAD = /^[\t\n\f\r ]*([A-Za-z_:][\w:]*)[\t\n\f\r ]*(=~|=|!=|!~)/;
const BLANK: ReadonlySet<string> = new Set(['\t', '\n', '\f', '\r', ' ']);

/**
 * Reads matchers in the syntax of before 0.27: no name needs quotes, a value may stand without them, and a comma within
 * quotes does not separate. One leading `{` and one trailing `}` are passed over, paired or not.
 */
export function parseClassicMatchers(input: string): Outcome<readonly Matcher[]> {
  const matchers: Matcher[] = [];
  for (const piece of split(input.replace(/^\{/u, '').replace(/\}$/u, ''))) {
    const matcher = parseClassicMatcher(piece);
    if (!matcher.ok) return matcher;
    matchers.push(matcher.value);
  }
  return success(matchers);
}

/** At commas that do not stand within quotes; what is blank behind the last comma is no piece. */
function split(input: string): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  let quoted = false;
  let escaped = false;
  for (const character of input) {
    if (character === ',' && !quoted) {
      pieces.push(piece);
      piece = '';
      continue;
    }
    if (character === '"' && !escaped) quoted = !quoted;
    // A comma within quotes leaves an escape standing, as it does upstream.
    if (character === '\\') escaped = !escaped;
    else if (character !== ',') escaped = false;
    piece += character;
  }
  const last = piece.trim();
  return last === '' ? pieces : [...pieces, last];
}

/** Reads one matcher in the classic syntax. */
export function parseClassicMatcher(input: string): Outcome<Matcher> {
  const match = HEAD.exec(input);
  if (match === null) return failure(`bad matcher format: ${input}`);
  const [head, name = '', type = '='] = match;
  const raw = trimBlanks(input.slice(head.length));
  const value = unescapeValue(raw);
  if (value === undefined) return failure(`matcher value contains unescaped double quote: ${raw}`);
  return createMatcher(type as MatchType, name, value);
}

/** By hand: an expression for the end of a text tries every run of blanks in it. */
function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && BLANK.has(text.charAt(from))) from++;
  while (to > from && BLANK.has(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}

/** `undefined` where a quote stands inside, or only at one end. */
function unescapeValue(raw: string): string | undefined {
  const opened = raw.startsWith('"');
  const text = opened ? raw.slice(1) : raw;
  let value = '';
  let closed = !opened;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') {
      if (!opened || at < text.length - 1) return undefined;
      closed = true;
    } else if (character === '\\' && at < text.length - 1) {
      at++;
      value += unescapeCharacter(text.charAt(at));
    } else {
      value += character;
    }
  }
  return closed ? value : undefined;
}

/** A backslash before anything else stands for itself. */
function unescapeCharacter(character: string): string {
  if (character === 'n') return '\n';
  return character === '"' || character === '\\' ? character : `\\${character}`;
}
