/** A bound on bytes held by all requests together. */
export class ByteBudget {
  readonly limitBytes: number;
  #usedBytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Takes bytes, or takes nothing and says `false` when there is no room. */
  take(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.limitBytes) return false;
    this.#usedBytes += bytes;
    return true;
  }

  /** Gives bytes back. */
  release(bytes: number): void {
    this.#usedBytes -= bytes;
  }
}
