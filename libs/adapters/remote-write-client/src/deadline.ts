/** A signal that aborts after a time, or when another one does; tells which, and leaves nothing behind. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = (): void => this.#controller.abort();
  #expired = false;

  constructor(timeoutMs: number, parent: AbortSignal | undefined) {
    this.#parent = parent;
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#abort();
    }, timeoutMs);
    parent?.addEventListener('abort', this.#abort);
    if (parent?.aborted === true) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the signal aborted: `undefined` when it did not. */
  get reason(): 'timeout' | 'aborted' | undefined {
    if (!this.signal.aborted) return undefined;
    return this.#expired ? 'timeout' : 'aborted';
  }

  /** Ends the timer and lets go of the other signal. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#parent?.removeEventListener('abort', this.#abort);
  }
}
