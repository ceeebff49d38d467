import { placeOf, type Sample } from '../samples.ts';

/** What became of a sample as its sender knows it. */
export interface Entry {
  readonly value: number;
  /** Whether a request with it was answered 2xx. */
  acknowledged: boolean;
}

/** What all senders have sent, and what was acknowledged to them. */
export class Ledger {
  readonly #entries = new Map<string, Entry>();
  readonly #refused: string[] = [];
  #acknowledgedRequests = 0;
  #repeatedRequests = 0;

  /** Samples that are sent for the first time. */
  sent(samples: readonly Sample[]): void {
    for (const sample of samples) this.#entries.set(placeOf(sample), { value: sample.value, acknowledged: false });
  }

  /** A request was answered 2xx. */
  acknowledged(samples: readonly Sample[]): void {
    this.#acknowledgedRequests++;
    for (const sample of samples) {
      const entry = this.#entries.get(placeOf(sample));
      if (entry !== undefined) entry.acknowledged = true;
    }
  }

  /** A request is sent again, because nobody knows what became of it, or because it was to be. */
  repeated(): void {
    this.#repeatedRequests++;
  }

  /** A request was refused for good, which none of these deserves. */
  refused(sender: string, answer: string): void {
    this.#refused.push(`${sender}: ${answer}`);
  }

  /** What was sent at a place, if anything. */
  entry(sample: Sample): Entry | undefined {
    return this.#entries.get(placeOf(sample));
  }

  /** Everything that was sent, by place. */
  get entries(): ReadonlyMap<string, Entry> {
    return this.#entries;
  }

  get refusals(): readonly string[] {
    return this.#refused;
  }

  get acknowledgedRequests(): number {
    return this.#acknowledgedRequests;
  }

  get repeatedRequests(): number {
    return this.#repeatedRequests;
  }
}
