/** What is written in place of a secret. */
export const MASK = '<secret>';

/** A text nobody may read by accident: logs, JSON and the printed configuration show `<secret>`. */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The secret. */
  reveal(): string {
    return this.#text;
  }

  /** Whether there is none. */
  get empty(): boolean {
    return this.#text === '';
  }

  toString(): string {
    return this.empty ? '' : MASK;
  }

  toJSON(): string {
    return this.toString();
  }
}
