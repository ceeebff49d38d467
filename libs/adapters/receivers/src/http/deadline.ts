/** A signal that aborts after a time, or when another one does; tells which, and leaves nothing behind. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #abort = (): void => this.#controller.abort();
  #expired = false;

  /** @param timeoutMs 0: none */
  constructor(timeoutMs: number, parent: AbortSignal) {
    this.#parent = parent;
    if (timeoutMs > 0) this.#timer = setTimeout(() => this.#expire(), timeoutMs);
    parent.addEventListener('abort', this.#abort);
    if (parent.aborted) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the time was over first. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Ends the timer and lets go of the other signal. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#parent.removeEventListener('abort', this.#abort);
  }

  #expire(): void {
    this.#expired = !this.signal.aborted;
    this.#abort();
  }
}
