interface Shared<T> {
  readonly key: string;
  /** Small: those that are there at a time are nearly numbered through from 0. */
  readonly id: number;
  readonly value: T;
  readonly bytes: number;
  uses: number;
}

/** A value that is there once, however often it is used. */
export type Interned<T> = Readonly<Shared<T>>;

/** Keeps each value once for as long as somebody uses it. */
export class InternTable<T> {
  readonly #byKey = new Map<string, Shared<T>>();
  /** Ids below the limit that nobody has. */
  readonly #freeIds: number[] = [];
  /** All ids are below it. */
  idLimit = 0;
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
      known = { key, id: this.#freeIds.pop() ?? this.idLimit++, ...make(), uses: 0 };
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
    this.#freeIds.push(known.id);
    this.bytes -= known.bytes;
    return known.value;
  }
}
