import { T0 } from '../pipeline.ts';
import { type Entry } from './records.ts';

const WINDOW_MS = 15_000;
const WINDOWS = 20;
const ENOUGH_WINDOWS = 8;
const LEAST_HOLE_MS = 1500;

/** What is known of the samples of a replica, from record to record. */
interface Stepping {
  readonly replica: string;
  /** Newest sample, ms since the world began. */
  highMs: number;
  heardMs: number;
  /** Widest step of the window that is open; 0: there was none. */
  openMs: number;
  widestMs: readonly number[];
}

/** Who has lost scrapes that another has, by the words of the SPEC ("Lost scrapes"); all times in ms since the world began. */
export class Steps {
  #replicas: Stepping[] = [];
  #heardMs = -Infinity;

  /** Forgets everybody: the cluster begins anew. */
  clear(): void {
    this.#replicas = [];
  }

  /** Takes a record; who is to succeed the elected replica whose record it is, if anybody. */
  hear(entry: Entry, elected: string | undefined, heardElectedMs: number): string | undefined {
    const { atMs, samples } = entry;
    if (windowOf(atMs) > windowOf(this.#heardMs)) for (const replica of this.#replicas) close(replica);
    this.#heardMs = atMs;
    const own = this.#of(entry.replica.name);
    const stepMs = Math.max(0, Math.min(...samples.map(({ stampMs }) => stampMs)) - own.highMs);
    const covering = own.replica === elected ? this.#covering(own, stepMs, heardElectedMs) : undefined;
    if (stepMs < Infinity) own.openMs = Math.max(own.openMs, stepMs);
    own.highMs = Math.max(own.highMs, ...samples.map(({ stampMs }) => stampMs));
    own.heardMs = atMs;
    return covering;
  }

  #covering({ replica, highMs, widestMs }: Stepping, stepMs: number, heardElectedMs: number): string | undefined {
    if (widestMs.length < ENOUGH_WINDOWS) return undefined;
    const usualMs = widestMs.toSorted((a, b) => b - a)[1] ?? Infinity;
    if (stepMs < LEAST_HOLE_MS || stepMs < 1.5 * usualMs) return undefined;
    const covering = this.#replicas.filter(
      (other) => other.replica !== replica && other.heardMs >= heardElectedMs && other.highMs >= highMs + usualMs / 2,
    );
    return covering.toSorted((a, b) => b.highMs - a.highMs || (a.replica < b.replica ? -1 : 1))[0]?.replica;
  }

  #of(replica: string): Stepping {
    const known = this.#replicas.find((each) => each.replica === replica);
    if (known !== undefined) return known;
    const added = { replica, highMs: -Infinity, heardMs: -Infinity, openMs: 0, widestMs: [] };
    this.#replicas.push(added);
    return added;
  }
}

function windowOf(atMs: number): number {
  return Math.floor((T0 + atMs) / WINDOW_MS);
}

function close(replica: Stepping): void {
  if (replica.openMs > 0) replica.widestMs = [...replica.widestMs, replica.openMs].slice(-WINDOWS);
  replica.openMs = 0;
}
