import { isReserved } from './matcher.ts';

/** What a piece of matcher syntax is. */
export type TokenKind = '{' | '}' | ',' | '=' | '!=' | '=~' | '!~' | 'quoted' | 'unquoted' | 'end';

/** A piece of the input; columns count characters from 0, the end is exclusive. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The input is no piece of matcher syntax from here on. */
export interface LexicalError {
  readonly kind: 'error';
  readonly message: string;
}

const SIGNS: ReadonlySet<string> = new Set(['{', '}', ',']);
const SPACE = /^\p{White_Space}$/u;

/** Cuts an input into tokens; after an error, or at the end, it stays there. */
export class MatcherLexer {
  readonly #input: readonly string[];
  #at = 0;
  #next: Token | LexicalError | undefined;

  constructor(input: string) {
    this.#input = Array.from(input);
  }

  /** The next token, which stays the next one. */
  peek(): Token | LexicalError {
    this.#next ??= this.#scan();
    return this.#next;
  }

  /** The next token, taken. */
  take(): Token | LexicalError {
    const token = this.peek();
    if (token.kind !== 'error' && token.kind !== 'end') this.#next = undefined;
    return token;
  }

  #scan(): Token | LexicalError {
    while (this.#at < this.#input.length && SPACE.test(this.#input[this.#at] ?? '')) this.#at++;
    const start = this.#at;
    const character = this.#input[start];
    if (character === undefined) return { kind: 'end', text: '', start, end: start };
    if (SIGNS.has(character)) return this.#token(character as TokenKind, start, start + 1);
    if (character === '=' || character === '!') return this.#operator(start);
    if (character === '"') return this.#quoted(start);
    if (!isReserved(character)) return this.#unquoted(start);
    return this.#error(start, start + 1, 'invalid input');
  }

  #operator(start: number): Token | LexicalError {
    const [first, second = ''] = [this.#input[start], this.#input[start + 1]];
    if (first === '=') return this.#token(second === '~' ? '=~' : '=', start, second === '~' ? start + 2 : start + 1);
    if (second === '=' || second === '~') return this.#token(`!${second}`, start, start + 2);
    const end = start + 1;
    if (end >= this.#input.length) {
      return { kind: 'error', message: `${start}:${end}: unexpected end of input, expected one of '=~'` };
    }
    return this.#error(start, end, "expected one of '=~'");
  }

  #quoted(start: number): Token | LexicalError {
    let at = start + 1;
    while (at < this.#input.length && this.#input[at] !== '"') at += this.#input[at] === '\\' ? 2 : 1;
    if (at >= this.#input.length) return this.#error(start, this.#input.length, 'missing end "');
    return this.#token('quoted', start, at + 1);
  }

  #unquoted(start: number): Token {
    let at = start + 1;
    while (at < this.#input.length && !isReserved(this.#input[at] ?? '')) at++;
    return this.#token('unquoted', start, at);
  }

  #token(kind: TokenKind, start: number, end: number): Token {
    this.#at = end;
    return { kind, text: this.#input.slice(start, end).join(''), start, end };
  }

  #error(start: number, end: number, what: string): LexicalError {
    return { kind: 'error', message: `${start}:${end}: ${this.#input.slice(start, end).join('')}: ${what}` };
  }
}
