interface Shared<T> {
  readonly key: string;
  readonly value: T;
  readonly bytes: number;
  uses: number;
}

/** A value that is there once, however often it is used. */
export type Interned<T> = Readonly<Shared<T>>;

/** Keeps each value once for as long as somebody uses it. */
export class InternTable<T> {
  readonly #byKey = new Map<string, Shared<T>>();
  /** Memory of all values, estimated. */
  bytes = 0;

  /**
   * The value of a key, used once more.
   *
   * @param make makes it where it is not there, and tells its memory
   */
  use(key: string, make: () => { readonly value: T; readonly bytes: number }): Interned<T> {
    let known = this.#byKey.get(key);
    if (known === undefined) {
      known = { key, ...make(), uses: 0 };
      this.#byKey.set(key, known);
      this.bytes += known.bytes;
    }
    known.uses += 1;
    return known;
  }

  /** One use has ended. @returns the value, where that was the last one */
  release({ key }: Interned<T>): T | undefined {
    const known = this.#byKey.get(key);
    if (known === undefined) return undefined;
    known.uses -= 1;
    if (known.uses > 0) return undefined;
    this.#byKey.delete(key);
    this.bytes -= known.bytes;
    return known.value;
  }
}
