const INITIAL = 128;

/**
 * A list of 32-bit integers that is filled and emptied again and again without an allocation. Loops that fill it write
 * to `items` and `length` themselves, after `reserve`.
 */
export class Int32List {
  length = 0;
  items = new Int32Array(INITIAL);

  /** The item at an index below `length`. */
  at(index: number): number {
    return this.items[index] ?? 0;
  }

  push(item: number): void {
    if (this.length === this.items.length) this.reserve(1);
    this.items[this.length++] = item;
  }

  /** Makes room for so many more items, and returns the array that has it. */
  reserve(more: number): Int32Array<ArrayBuffer> {
    const needed = this.length + more;
    if (needed > this.items.length) {
      const larger = new Int32Array(Math.max(needed, this.items.length * 2));
      larger.set(this.items);
      this.items = larger;
    }
    return this.items;
  }

  clear(): void {
    this.length = 0;
  }
}
