import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  createMatcher,
  formatMatcher,
  formatMatchers,
  matchesAll,
  MATCH_TYPES,
  parseMatcher,
  parseMatchers,
  type MatcherMode,
} from '../src/index.ts';
import { quote, unquote } from '../src/labels/quote.ts';

function read(input: string, mode: MatcherMode): string | readonly string[] {
  const parsed = parseMatchers(input, mode);
  return parsed.ok ? parsed.value.matchers.map(formatMatcher) : parsed.error;
}

const OPERATOR = "expected an operator such as '=', '!=', '=~' or '!~'";

describe('M1: the UTF-8 syntax', () => {
  it.each([
    ['', []],
    ['  ', []],
    ['{}', []],
    ['a=b', ['a="b"']],
    ['a=b,', ['a="b"']],
    ['{a=b,}', ['a="b"']],
    ['{ "a b" !~ "c" , d=~e }', ['"a b"!~"c"', 'd=~"e"']],
    ['ü=🙂', ['ü="🙂"']],
    ['a:b=c', ['a:b="c"']],
    [String.raw`"a\u00fc\x41"="\101\n"`, [String.raw`aüA="A\n"`]],
  ])('takes %s', (input, matchers) => {
    expect(read(input, 'utf8-strict')).toEqual(matchers);
  });

  it.each([
    ['{', '0:1: end of input: expected close brace'],
    ['}', '0:1: }: expected opening brace'],
    [',', '0:1: unexpected ,: expected label name'],
    ['{,}', '1:2: unexpected ,: expected label name'],
    ['a', `end of input: ${OPERATOR}`],
    ['a=', 'end of input: expected label value'],
    ['a=b,,', '4:5: unexpected ,: expected a matcher or close brace after comma'],
    ['{a=b', '0:4: end of input: expected close brace'],
    ['a=b}', '0:4: }: expected opening brace'],
    ['{a=b}}', '5:6: }: expected end of input'],
    ['a="b', '2:4: "b: missing end ": expected label value'],
    ['a!b', `1:2: !: expected one of '=~': ${OPERATOR}`],
    ['!', "0:1: unexpected end of input, expected one of '=~'"],
    ['a==b', '2:3: unexpected =: expected label value'],
    ['a=b c=d', '4:5: unexpected c: expected a comma or close brace'],
    ["a=b'c", "3:4: ': invalid input: expected a comma or close brace"],
    ['a=~"("', 'failed to create matcher: error parsing regexp: missing closing ): `^(?:()$`'],
    [String.raw`"\xff"=a`, String.raw`0:6: "\xff": invalid input`],
    ['🙂🙂', `end of input: ${OPERATOR}`],
    ['🙂=🙂,=', '4:5: unexpected =: expected a matcher or close brace after comma'],
  ])('refuses %s with columns in characters', (input, error) => {
    expect(read(input, 'utf8-strict')).toBe(error);
  });
});

describe('M2: the classic syntax', () => {
  it.each([
    ['', []],
    ['{', []],
    ['a=', ['a=""']],
    ['{a=b', ['a="b"']],
    ['a=b}', ['a="b"']],
    ['a==b', ['a="=b"']],
    ['a=b c=d', ['a="b c=d"']],
    ['a="b,c", d != e ,', ['a="b,c"', 'd!="e"']],
    [String.raw`a="b\"c,d",e=\f\n`, [String.raw`a="b\"c,d"`, String.raw`e="\\f\n"`]],
    [String.raw`a=b\ `.trim(), [String.raw`a="b\\"`]],
  ])('takes %s', (input, matchers) => {
    expect(read(input, 'classic')).toEqual(matchers);
  });

  it.each([
    ['a', 'bad matcher format: a'],
    [',', 'bad matcher format: '],
    ['ü=b', 'bad matcher format: ü=b'],
    ['a="b', 'matcher value contains unescaped double quote: "b'],
    ['a=b"', 'matcher value contains unescaped double quote: b"'],
    ['a=~(', 'error parsing regexp: missing closing ): `^(?:()$`'],
  ])('refuses %s', (input, error) => {
    expect(read(input, 'classic')).toBe(error);
  });

  it('reads a value of many blanks in no time', () => {
    const blanks = ' '.repeat(200_000);
    expect(read(`a="${blanks}x"`, 'classic')).toEqual([`a="${blanks}x"`]);
  });
});

describe('M3: by default both are asked', () => {
  it('where they agree nothing is said', () => {
    expect(parseMatchers('a="b"', 'default')).toEqual({ ok: true, value: { matchers: [expect.anything()] } });
  });

  it('where they disagree the classic reading holds, with a warning', () => {
    const parsed = parseMatchers(String.raw`a="\x41"`, 'default');
    expect(read(String.raw`a="\x41"`, 'default')).toEqual([String.raw`a="\\x41"`]);
    expect(parsed.ok && parsed.value.warning).toContain('mean something else in the UTF-8 syntax');
  });

  it('what the classic syntax alone reads is taken, with what to write instead', () => {
    const parsed = parseMatchers('a=b c', 'default');
    expect(parsed.ok && parsed.value.warning).toContain('write a="b c"');
  });

  it('what the UTF-8 syntax alone reads is taken', () => {
    expect(read('"a b"=c', 'default')).toEqual(['"a b"="c"']);
  });

  it('what neither reads is refused in the words of the classic one', () => {
    expect(read('a', 'default')).toBe('bad matcher format: a');
  });

  it.each(['{a=b', 'a=b}'])('a single matcher has no braces: %s', (input) => {
    expect(parseMatcher(input, 'default')).toEqual({
      ok: false,
      error: `unexpected open or close brace: ${input}`,
    });
  });

  it.each([
    ['a=b,c=d', 'utf8-strict', 'expected 1 matcher, found 2'],
    ['', 'utf8-strict', 'no matchers'],
    ['', 'default', 'bad matcher format: '],
  ] as const)('%j is not one matcher (%s)', (input, mode, error) => {
    expect(parseMatcher(input, mode)).toEqual({ ok: false, error });
  });
});

describe('M4: a matcher compares a whole value, of a missing label ""', () => {
  it.each([
    ['a=""', {}, true],
    ['a!="x"', {}, true],
    ['a=~".*"', {}, true],
    ['a=~".+"', {}, false],
    ['a=~"b|c"', { a: 'xb' }, false],
    ['a=~"b|c"', { a: 'c' }, true],
    ['a!~"b.*"', { a: 'bc' }, false],
    ['a=~"(?i)B"', { a: 'b' }, true],
    [String.raw`a=~"\\pL+"`, { a: 'ü' }, true],
    ['a=~"b.c"', { a: 'b\nc' }, false],
  ])('%s against %j: %s', (input, labels, expected) => {
    const parsed = parseMatchers(input, 'default');
    expect(parsed.ok && matchesAll(parsed.value.matchers, new Map(Object.entries(labels)))).toBe(expected);
  });
});

describe('M5: what was written is read again as the same', () => {
  const text = fc.string({ unit: 'grapheme' });
  it('in the UTF-8 syntax, for every name and value', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MATCH_TYPES.slice(0, 2)), text, text, (type, name, value) => {
        fc.pre(name !== '');
        const matcher = createMatcher(type, name, value);
        if (!matcher.ok) throw new Error(matcher.error);
        const again = parseMatchers(formatMatchers([matcher.value]), 'utf8-strict');
        if (!again.ok) throw new Error(again.error);
        expect(again.value.matchers).toMatchObject([{ type, name, value }]);
      }),
    );
  });

  it('and a quoted text is unquoted to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (written) => {
        fc.pre(!/\p{Cs}/u.test(written));
        expect(unquote(quote(written))).toBe(written);
      }),
    );
  });
});
