import { readQuoted } from './quoted-text.ts';

/** Labels a series must have, by name; an empty value: it must not have the label. `__name__` is the metric. */
export type Matchers = ReadonlyMap<string, string>;

/** What reading a selector comes to; the problem names the column, from 1. */
export type SelectorResult =
  { readonly ok: true; readonly matchers: Matchers } | { readonly ok: false; readonly problem: string };

/** A label, as it is in a request. */
interface Label {
  readonly name: string;
  readonly value: string;
}

const METRIC = '__name__';
const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/uy;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/uy;
const OPERATOR = /=~|!~|!=|==?/uy;
const QUOTES = '"\'`';

/**
 * Reads a PromQL selector whose matchers are all `=`: `name{label="value",…}`, and `{"name in UTF-8", "label"="value"}` as
 * in Prometheus 3.
 */
export function parseSelector(text: string): SelectorResult {
  try {
    return { ok: true, matchers: new SelectorParser(text).parse() };
  } catch (error) {
    if (error instanceof SelectorError) return { ok: false, problem: error.message };
    throw error;
  }
}

/** Whether a series has the labels that are wanted. */
export function matches(matchers: Matchers, labels: readonly Label[]): boolean {
  for (const [name, value] of matchers) {
    if ((labels.find((label) => label.name === name)?.value ?? '') !== value) return false;
  }
  return true;
}

/** A series as a selector that selects it. */
export function formatSeries(labels: readonly Label[]): string {
  const metric = labels.find(({ name }) => name === METRIC)?.value;
  const others = labels.filter(({ name, value }) => name !== METRIC && value !== '');
  const matchers = others.map(({ name, value }) => `${isWhole(LABEL_NAME, name) ? name : quote(name)}=${quote(value)}`);
  if (metric !== undefined && !isWhole(METRIC_NAME, metric)) return `{${[quote(metric), ...matchers].join(', ')}}`;
  return matchers.length === 0 && metric !== undefined ? metric : `${metric ?? ''}{${matchers.join(', ')}}`;
}

/** JSON's escapes are among Go's, but for the slash, which is not escaped here. */
function quote(text: string): string {
  return JSON.stringify(text);
}

function isWhole(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.exec(text)?.[0] === text;
}

class SelectorError extends Error {}

class SelectorParser {
  readonly #text: string;
  readonly #matchers = new Map<string, string>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Matchers {
    this.#space();
    const metric = this.#take(METRIC_NAME);
    if (metric !== undefined) this.#add(METRIC, metric, 0);
    this.#space();
    if (this.#text.charAt(this.#at) === '{') this.#braces();
    else if (metric === undefined) this.#fail('expected the name of a metric or "{"');
    this.#space();
    if (this.#at < this.#text.length) this.#fail('expected the end');
    return this.#matchers;
  }

  #braces(): void {
    this.#at++;
    this.#space();
    while (!this.#skip('}')) {
      this.#item();
      this.#space();
      if (!this.#skip(',') && this.#text.charAt(this.#at) !== '}') this.#fail('expected "," or "}"');
      this.#space();
    }
  }

  /** A matcher, or the name of a metric in quotes. */
  #item(): void {
    const at = this.#at;
    const quoted = QUOTES.includes(this.#peek());
    const name = quoted ? this.#quoted() : this.#take(LABEL_NAME);
    if (name === undefined) this.#fail('expected the name of a label or "}"');
    if (name === '') this.#fail('a name must not be empty', at);
    this.#space();
    if (quoted && (this.#peek() === ',' || this.#peek() === '}')) {
      this.#add(METRIC, name, at);
      return;
    }
    const operatorAt = this.#at;
    const operator = this.#take(OPERATOR);
    if (operator !== '=') this.#fail('expected "=": other matchers are not read here', operatorAt);
    this.#space();
    if (!QUOTES.includes(this.#peek())) this.#fail('expected a value in quotes');
    this.#add(name, this.#quoted(), at);
  }

  #add(name: string, value: string, at: number): void {
    const known = this.#matchers.get(name);
    if (known !== undefined && known !== value) {
      this.#fail(`${quote(name)} is to have two values: no series has`, at);
    }
    this.#matchers.set(name, value);
  }

  #quoted(): string {
    const read = readQuoted(this.#text, this.#at);
    if (!read.ok) this.#fail(read.problem, read.at);
    this.#at = read.end;
    return read.text;
  }

  /** The next character; a space where there is none. */
  #peek(): string {
    return this.#text.charAt(this.#at) || ' ';
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #skip(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    this.#take(/[ \t\r\n]*/uy);
  }

  #fail(problem: string, at = this.#at): never {
    throw new SelectorError(`${problem}, at column ${at + 1}`);
  }
}
