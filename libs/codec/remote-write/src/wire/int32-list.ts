const INITIAL = 64;

/** A list of 32-bit integers that is filled and emptied again and again without an allocation. */
export class Int32List {
  length = 0;
  #items = new Int32Array(INITIAL);

  /** The item at an index below `length`. */
  at(index: number): number {
    return this.#items[index] ?? 0;
  }

  push(item: number): void {
    if (this.length === this.#items.length) this.#grow();
    this.#items[this.length++] = item;
  }

  clear(): void {
    this.length = 0;
  }

  #grow(): void {
    const larger = new Int32Array(this.#items.length * 2);
    larger.set(this.#items);
    this.#items = larger;
  }
}
