/** A few of each kind are told; the rest is counted. */
const TOLD = 5;

/** What an audit has found, by kind. */
export class Findings {
  readonly #byKind = new Map<string, { count: number; readonly examples: string[] }>();

  /** Notes one thing that should not be. */
  add(kind: string, example: string): void {
    const found = this.#byKind.get(kind) ?? { count: 0, examples: [] };
    this.#byKind.set(kind, found);
    found.count++;
    if (found.examples.length < TOLD) found.examples.push(example);
  }

  /** One line for each kind. */
  get lines(): readonly string[] {
    return Array.from(this.#byKind, ([kind, { count, examples }]) => {
      const more = count > examples.length ? ` … and ${count - examples.length} more` : '';
      return `${kind}: ${examples.join('; ')}${more}`;
    });
  }
}
