import { Buffer } from 'node:buffer';

import { failure, quote, success, type Outcome } from '@tandem/alerting';

const ESCAPES = '"\\/bfnrt';
const LITERALS: ReadonlyMap<string, string> = new Map([
  ['t', 'true'],
  ['f', 'false'],
  ['n', 'null'],
]);
const UNEXPECTED_END = 'unexpected EOF';

/** What is expected next. */
type Expectation = 'value' | 'first-element' | 'first-key' | 'key' | 'colon' | 'after';

/**
 * Walks over the first value of a JSON text and says where it ends, or what is wrong with it: in the words of Go's
 * `encoding/json`, which clients of Alertmanager know.
 */
export function endOfFirstValue(text: string): Outcome<number> {
  return new JsonWalk(text).run();
}

class JsonWalk {
  readonly #text: string;
  /** Of the objects (`}`) and arrays (`]`) that are open, how each ends. */
  readonly #open: ('}' | ']')[] = [];
  #at = 0;
  #expected: Expectation = 'value';

  constructor(text: string) {
    this.#text = text;
  }

  run(): Outcome<number> {
    for (;;) {
      if (this.#expected === 'after' && this.#open.length === 0) return success(this.#at);
      this.#skipSpace();
      const character = this.#text[this.#at];
      if (character === undefined) return failure(UNEXPECTED_END);
      const problem = this.#step(character);
      if (problem !== undefined) return failure(problem);
    }
  }

  #skipSpace(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
  }

  #step(character: string): string | undefined {
    switch (this.#expected) {
      case 'first-element':
        return character === ']' ? this.#close() : this.#value(character);
      case 'value':
        return this.#value(character);
      case 'first-key':
        return character === '}' ? this.#close() : this.#key(character);
      case 'key':
        return this.#key(character);
      case 'colon':
        return this.#take(character, ':', 'value') ? undefined : invalid(character, 'after object key');
      case 'after':
        return this.#after(character);
    }
  }

  #after(character: string): string | undefined {
    const end = this.#open.at(-1);
    if (character === end) return this.#close();
    if (this.#take(character, ',', end === '}' ? 'key' : 'value')) return undefined;
    return invalid(character, end === '}' ? 'after object key:value pair' : 'after array element');
  }

  #close(): string | undefined {
    this.#open.pop();
    this.#at++;
    this.#expected = 'after';
    return undefined;
  }

  #take(character: string, wanted: string, next: Expectation): boolean {
    if (character !== wanted) return false;
    this.#at++;
    this.#expected = next;
    return true;
  }

  #key(character: string): string | undefined {
    if (character !== '"') return invalid(character, 'looking for beginning of object key string');
    const problem = this.#string();
    this.#expected = 'colon';
    return problem;
  }

  #value(character: string): string | undefined {
    if (this.#take(character, '{', 'first-key')) return this.#opened('}');
    if (this.#take(character, '[', 'first-element')) return this.#opened(']');
    this.#expected = 'after';
    if (character === '"') return this.#string();
    if (/[-\d]/.test(character)) return this.#number();
    const literal = LITERALS.get(character);
    return literal === undefined ? invalid(character, 'looking for beginning of value') : this.#literal(literal);
  }

  #opened(end: '}' | ']'): string | undefined {
    this.#open.push(end);
    return undefined;
  }

  #string(): string | undefined {
    this.#at++;
    for (;;) {
      const character = this.#next();
      if (character === undefined) return UNEXPECTED_END;
      if (character === '"') return undefined;
      if (character < ' ') return invalid(character, 'in string literal');
      const problem = character === '\\' ? this.#escape() : undefined;
      if (problem !== undefined) return problem;
    }
  }

  #escape(): string | undefined {
    const character = this.#next();
    if (character === undefined) return UNEXPECTED_END;
    if (ESCAPES.includes(character)) return undefined;
    if (character !== 'u') return invalid(character, 'in string escape code');
    for (let digits = 0; digits < 4; digits++) {
      const digit = this.#next();
      if (digit === undefined) return UNEXPECTED_END;
      if (!/[\dA-Fa-f]/.test(digit)) return invalid(digit, String.raw`in \u hexadecimal character escape`);
    }
    return undefined;
  }

  #number(): string | undefined {
    if (this.#text[this.#at] === '-') this.#at++;
    const problem = this.#text[this.#at] === '0' ? this.#zero() : this.#digits('in numeric literal');
    if (problem !== undefined) return problem;
    if (this.#text[this.#at] === '.') {
      this.#at++;
      const missing = this.#digits('after decimal point in numeric literal');
      if (missing !== undefined) return missing;
    }
    if (!/[eE]/.test(this.#text[this.#at] ?? '')) return undefined;
    this.#at++;
    if (/[-+]/.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#digits('in exponent of numeric literal');
  }

  /** Nothing but a point or an exponent follows a leading zero. */
  #zero(): string | undefined {
    this.#at++;
    return undefined;
  }

  #digits(where: string): string | undefined {
    const first = this.#text[this.#at];
    if (first === undefined) return UNEXPECTED_END;
    if (!/\d/.test(first)) return invalid(first, where);
    while (/\d/.test(this.#text[this.#at] ?? '')) this.#at++;
    return undefined;
  }

  #literal(literal: string): string | undefined {
    for (const wanted of literal) {
      const character = this.#next();
      if (character === undefined) return UNEXPECTED_END;
      if (character !== wanted) return invalid(character, `in literal ${literal} (expecting '${wanted}')`);
    }
    return undefined;
  }

  #next(): string | undefined {
    return this.#text[this.#at++];
  }
}

function invalid(character: string, where: string): string {
  return `invalid character ${quoteCharacter(character)} ${where}`;
}

/** Go reads bytes: of a character beyond ASCII it names the first one. */
function quoteCharacter(character: string): string {
  if (character === "'") return String.raw`'\''`;
  if (character === '"') return `'"'`;
  const byte = Buffer.from(character, 'utf8')[0] ?? 0;
  return `'${quote(String.fromCharCode(byte)).slice(1, -1)}'`;
}
