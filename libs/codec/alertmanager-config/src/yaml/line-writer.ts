/** From this column on a blank within a text becomes a line break. */
const BEST_WIDTH = 80;

/** Columns a level is indented by. */
export const INDENT = 2;

/** Text being written, with what libyaml's emitter knows about the place it is at. */
export class LineWriter {
  #text = '';
  #column = 0;
  #whitespace = true;
  #indention = true;

  /** What was written. */
  get text(): string {
    return this.#text;
  }

  /** Whether nothing but indentation and `-` stands in the line. */
  get indention(): boolean {
    return this.#indention;
  }

  /** Whether the line is longer than it should become. */
  get tooWide(): boolean {
    return this.#column > BEST_WIDTH;
  }

  /** One character as it is. */
  put(character: string): void {
    this.#text += character;
    this.#column++;
  }

  /** Ends the line. */
  lineBreak(): void {
    this.#text += '\n';
    this.#column = 0;
  }

  /** A break that belongs to a text: `\n` as the line's own, others as they are. */
  writeBreak(character: string): void {
    this.#text += character;
    this.#column = 0;
  }

  /** Goes to a column of a new line, or of this one where nothing stands in it yet. */
  indent(columns: number): void {
    const fresh = this.#indention && (this.#column < columns || (this.#column === columns && this.#whitespace));
    if (!fresh) this.lineBreak();
    while (this.#column < columns) this.put(' ');
    this.#whitespace = true;
    this.#indention = true;
  }

  /** A sign of the syntax, after a blank where one is needed. */
  indicator(sign: string, { blankBefore = false, blank = false, indention = false }: IndicatorPlace = {}): void {
    if (blankBefore && !this.#whitespace) this.put(' ');
    for (const character of sign) this.put(character);
    this.#whitespace = blank;
    this.#indention &&= indention;
  }

  /** A blank before a plain text, unless there is one. */
  separate(): void {
    if (!this.#whitespace) this.put(' ');
  }

  /** A text has ended here. */
  textEnded(): void {
    this.#whitespace = false;
    this.#indention = false;
  }

  /** Within a text: whether the next character begins a line. */
  markIndention(indention: boolean): void {
    this.#indention = indention;
  }

  /** The head of a block is written; its lines follow. */
  blockBegins(): void {
    this.lineBreak();
    this.#indention = true;
    this.#whitespace = true;
  }
}

/** How a sign sits in its line. */
export interface IndicatorPlace {
  /** A blank must stand before it. */
  readonly blankBefore?: boolean;
  /** It counts as a blank for what follows. */
  readonly blank?: boolean;
  /** It leaves the line as good as empty. */
  readonly indention?: boolean;
}
