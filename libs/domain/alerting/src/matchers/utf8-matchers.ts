import { createMatcher, type Matcher, type MatchType } from './matcher.ts';
import { MatcherLexer, type Token, type TokenKind } from './matcher-lexer.ts';
import { failure, success, type Outcome } from '../outcome.ts';
import { unquote } from '../labels/quote.ts';

const OPERATORS: readonly TokenKind[] = ['=', '!=', '=~', '!~'];
const TEXTS: readonly TokenKind[] = ['quoted', 'unquoted'];

/** Ends the parser; the message goes out as the outcome. */
class Refused extends Error {}

/**
 * Reads matchers in the UTF-8 syntax: `{name="value", …}`, braces optional, names and values quoted or without reserved
 * characters. The states and every way between them are in SPEC.md, "Matchers". Errors begin with their columns.
 */
export function parseUtf8Matchers(input: string): Outcome<readonly Matcher[]> {
  try {
    return success(new Utf8Parser(input).parse());
  } catch (error) {
    if (error instanceof Refused) return failure(error.message);
    throw error;
  }
}

class Utf8Parser {
  readonly #lexer: MatcherLexer;
  readonly #matchers: Matcher[] = [];
  #braced = false;
  /** Column behind the last token taken. */
  #column = 0;

  constructor(input: string) {
    this.#lexer = new MatcherLexer(input);
  }

  parse(): readonly Matcher[] {
    const first = this.#peek();
    if (first.kind === 'end') return [];
    if (first.kind === '{') {
      this.#take();
      this.#braced = true;
    }
    const next = this.#peek().kind;
    if (next !== 'end' && next !== '}') this.#list();
    this.#close();
    return this.#matchers;
  }

  #list(): void {
    for (;;) {
      this.#matcher();
      const after = this.#expectPeek([',', '}', 'end'], 'expected a comma or close brace');
      if (after !== ',') return;
      this.#take();
      const then = this.#expectPeek(['}', ...TEXTS, 'end'], 'expected a matcher or close brace after comma');
      if (then === '}' || then === 'end') return;
    }
  }

  #matcher(): void {
    const name = this.#text('expected label name');
    const operator = this.#expect(OPERATORS, "expected an operator such as '=', '!=', '=~' or '!~'");
    const value = this.#text('expected label value');
    const matcher = createMatcher(operator.kind as MatchType, name, value);
    if (!matcher.ok) throw new Refused(`failed to create matcher: ${matcher.error}`);
    this.#matchers.push(matcher.value);
  }

  #text(expected: string): string {
    const token = this.#expect(TEXTS, expected);
    if (token.kind === 'unquoted') return token.text;
    const text = unquote(token.text);
    if (text === undefined) throw new Refused(`${token.start}:${token.end}: ${token.text}: invalid input`);
    return text;
  }

  #close(): void {
    const next = this.#peek();
    if (this.#braced && next.kind !== '}') {
      const found = next.kind === 'end' ? 'end of input' : unexpected(next);
      throw new Refused(`0:${this.#column}: ${found}: expected close brace`);
    }
    if (next.kind === '}') {
      this.#take();
      if (!this.#braced) throw new Refused(`0:${this.#column}: }: expected opening brace`);
    }
    const end = this.#lexer.peek();
    if (end.kind === 'error') throw new Refused(`${end.message}: expected end of input`);
    if (end.kind !== 'end') throw new Refused(`${end.start}:${end.end}: ${end.text}: expected end of input`);
  }

  #expectPeek(kinds: readonly TokenKind[], expected: string): TokenKind {
    const token = this.#lexer.peek();
    if (token.kind === 'error') throw new Refused(`${token.message}: ${expected}`);
    if (kinds.includes(token.kind)) return token.kind;
    throw new Refused(`${unexpected(token)}: ${expected}`);
  }

  #expect(kinds: readonly TokenKind[], expected: string): Token {
    const token = this.#lexer.peek();
    if (token.kind === 'end') throw new Refused(`end of input: ${expected}`);
    this.#expectPeek(kinds, expected);
    return this.#take();
  }

  #peek(): Token {
    const token = this.#lexer.peek();
    if (token.kind === 'error') throw new Refused(token.message);
    return token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#lexer.take();
    this.#column = token.end;
    return token;
  }
}

function unexpected(token: Token): string {
  return `${token.start}:${token.end}: unexpected ${token.text}`;
}
