/** Leaves a line at the first thing that is wrong with it; does not leave this package. */
export class LineError extends Error {
  override readonly name = 'LineError';
}

/** Reads the tokens of one line. */
export class LineReader {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  /** Whether the line is read to its end. */
  atEnd(): boolean {
    return this.#at >= this.#line.length;
  }

  /** Passes over spaces and tabs; says whether there were any. */
  skipBlanks(): boolean {
    const from = this.#at;
    while (this.#line[this.#at] === ' ' || this.#line[this.#at] === '\t') this.#at++;
    return this.#at > from;
  }

  /** Whether a text comes next. */
  startsWith(text: string): boolean {
    return this.#line.startsWith(text, this.#at);
  }

  /** Passes over a text if it is what comes next. */
  accept(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.#at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw new LineError(`expected "${text}", found ${this.#next()}`);
  }

  /** What a sticky expression matches here. */
  match(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#line)?.[0];
    if (found === undefined) throw new LineError(`expected ${what}, found ${this.#next()}`);
    this.#at += found.length;
    return found;
  }

  /** Everything up to the next blank, or the end. */
  word(): string {
    const from = this.#at;
    while (!this.atEnd() && this.#line[this.#at] !== ' ' && this.#line[this.#at] !== '\t') this.#at++;
    return this.#line.slice(from, this.#at);
  }

  /** Everything up to the end. */
  rest(): string {
    const rest = this.#line.slice(this.#at);
    this.#at = this.#line.length;
    return rest;
  }

  /** A text in double quotes, with `\\`, `\"` and `\n` in it. */
  quoted(): string {
    this.expect('"');
    let text = '';
    for (let char = this.#take(); char !== '"'; char = this.#take()) {
      text += char === '\\' ? escaped(this.#take(), true) : char;
    }
    return text;
  }

  #take(): string {
    const char = this.#line[this.#at++];
    if (char === undefined) throw new LineError('a text in quotes has no end');
    return char;
  }

  #next(): string {
    return this.atEnd() ? 'the end of the line' : `"${this.#line.slice(this.#at, this.#at + 20)}"`;
  }
}

/** The text of a HELP line, with `\\` and `\n` in it. */
export function unescapeHelp(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => escaped(char, false));
}

/** What an escape stands for; one that is none stands for itself. */
function escaped(char: string, quote: boolean): string {
  if (char === 'n') return '\n';
  if (char === '\\' || (quote && char === '"')) return char;
  return `\\${char}`;
}
