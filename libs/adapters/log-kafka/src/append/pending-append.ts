import { type LogError, type OutgoingRecord, type Position } from '@tandem/stream';

/** One call of `append` whose records are on their way. It is settled when all of them are. */
export class PendingAppend {
  /** On the monotonic clock, ms. */
  readonly deadline: number;
  readonly settled: Promise<readonly Position[]>;
  readonly #positions: Position[];
  #left: number;
  #failure: LogError | undefined;
  #settle: (failure: LogError | undefined) => void = () => undefined;

  constructor(records: readonly OutgoingRecord[], deadline: number) {
    this.deadline = deadline;
    this.#positions = records.map(({ topic, partition }) => ({ topic, partition, offset: -1 }));
    this.#left = records.length;
    this.settled = new Promise((resolve, reject) => {
      this.#settle = (failure) => (failure === undefined ? resolve(this.#positions) : reject(failure));
    });
  }

  /** The record at `index` is in the log. */
  acknowledge(index: number, offset: number): void {
    const position = this.#positions[index];
    if (position !== undefined) this.#positions[index] = { ...position, offset };
    this.#done();
  }

  /** The record at `index` is not known to be in the log. */
  reject(error: LogError): void {
    this.#failure ??= error;
    this.#done();
  }

  #done(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#settle(this.#failure);
  }
}
