/** What a lane does next, prepared beside other work: one step at a time, none before the one before it is done. */
export class LaneSteps<Step> {
  readonly #begin: () => AsyncGenerator<Step, void>;
  #steps: AsyncGenerator<Step, void> | undefined;
  #pending: Promise<IteratorResult<Step, void>> | undefined;
  #settled = false;

  constructor(begin: () => AsyncGenerator<Step, void>) {
    this.#begin = begin;
  }

  get hasBegun(): boolean {
    return this.#steps !== undefined;
  }

  /** Whether {@link LaneSteps.take} resolves at once. */
  get isReady(): boolean {
    return this.#settled;
  }

  /** Begins anew with the next question. */
  restart(): void {
    this.#steps = undefined;
    this.#pending = undefined;
    this.#settled = false;
  }

  /** Resolves when a step can be taken. */
  ready(): Promise<unknown> {
    if (this.#pending === undefined) {
      this.#steps ??= this.#begin();
      const pending = this.#steps.next();
      this.#pending = pending;
      this.#settled = false;
      const settled = (): void => {
        if (this.#pending === pending) this.#settled = true;
      };
      pending.then(settled, settled);
    }
    return this.#pending.catch(() => undefined);
  }

  /** The step that is ready; `undefined`: none was asked for; `done`: there are no more. */
  async take(): Promise<Step | 'done' | undefined> {
    const pending = this.#pending;
    if (pending === undefined) return undefined;
    this.#pending = undefined;
    this.#settled = false;
    const { value, done } = await pending;
    return done === true ? 'done' : value;
  }
}
