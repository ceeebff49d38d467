const INITIAL = 128;

/** A list of 32-bit integers that is filled and emptied again and again without an allocation. */
export class Int32List {
  length = 0;
  #items = new Int32Array(INITIAL);

  /** The item at an index below `length`. */
  at(index: number): number {
    return this.#items[index] ?? 0;
  }

  push(item: number): void {
    if (this.length === this.#items.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.length++] = item;
  }

  clear(): void {
    this.length = 0;
  }
}
