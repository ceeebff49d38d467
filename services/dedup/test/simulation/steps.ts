import { T0 } from '../pipeline.ts';
import { type Entry } from './records.ts';

const WINDOW_MS = 15_000;
const WINDOWS = 20;
const ENOUGH_WINDOWS = 8;
const LEAST_HOLE_MS = 1500;
const HOLE_STEPS = 1.5;
/** Samples this far from the log, behind or ahead, make a replica one that is passed over. */
const FAR_MS = 60_000;

/** What is known of the samples of a replica, from record to record. */
interface Stepping {
  readonly replica: string;
  /** Newest sample, ms since the world began. */
  highMs: number;
  heardMs: number;
  /** Widest step of the window that is open; 0: there was none. */
  openMs: number;
  widestMs: readonly number[];
  /** Least distance from a record's newest sample to its time, in the window that is open, or else the one before. */
  openLagMs: number | undefined;
  lagMs: number;
}

/** A replica as it stood before a record. */
interface Standing extends Pick<Stepping, 'replica' | 'highMs' | 'heardMs' | 'lagMs'> {
  /** Widest step of the newest windows; 0: there was none. */
  readonly newestMs: number;
  /** `Infinity`: not enough is known. */
  readonly usualMs: number;
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
    const before = this.#replicas.map(standingOf);
    if (windowOf(atMs) > windowOf(this.#heardMs)) for (const replica of this.#replicas) close(replica);
    this.#heardMs = atMs;
    const own = this.#of(entry.replica.name);
    const stepMs = Math.max(0, Math.min(...samples.map(({ stampMs }) => stampMs)) - own.highMs);
    const covering = own.replica === elected ? this.#covering(own, before, { stepMs, heardElectedMs }) : undefined;
    if (stepMs < Infinity) own.openMs = Math.max(own.openMs, stepMs);
    own.highMs = Math.max(own.highMs, ...samples.map(({ stampMs }) => stampMs));
    own.heardMs = atMs;
    const lagMs = atMs - Math.max(...samples.map(({ stampMs }) => stampMs));
    own.openLagMs = Math.min(own.openLagMs ?? Infinity, lagMs);
    return covering;
  }

  #covering(
    { replica, highMs, widestMs }: Stepping,
    before: readonly Standing[],
    { stepMs, heardElectedMs }: { readonly stepMs: number; readonly heardElectedMs: number },
  ): string | undefined {
    const usualMs = usualOf(widestMs);
    if (usualMs === Infinity || stepMs < leastHoleMs(usualMs)) return undefined;
    const covering = before.filter(
      (other) =>
        other.replica !== replica &&
        other.heardMs >= heardElectedMs &&
        // E22: with a score that is worse by the margin.
        Math.abs(other.lagMs) < FAR_MS &&
        other.highMs - Math.max(0, -other.lagMs) >= highMs + usualMs / 2 &&
        other.newestMs < leastHoleMs(other.usualMs) &&
        other.newestMs * HOLE_STEPS < stepMs,
    );
    const sorted = covering.toSorted(
      (a, b) => Math.abs(a.lagMs) - Math.abs(b.lagMs) || (a.replica < b.replica ? -1 : 1),
    );
    return sorted[0]?.replica;
  }

  #of(replica: string): Stepping {
    const known = this.#replicas.find((each) => each.replica === replica);
    if (known !== undefined) return known;
    const added = { replica, highMs: -Infinity, heardMs: -Infinity, openMs: 0, widestMs: [], ...NO_LAG };
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
  replica.lagMs = replica.openLagMs ?? replica.lagMs;
  replica.openLagMs = undefined;
}

const NO_LAG = { openLagMs: undefined, lagMs: 0 };

function standingOf({ replica, highMs, heardMs, openMs, widestMs, openLagMs, lagMs }: Stepping): Standing {
  const newestMs = Math.max(openMs, widestMs.at(-1) ?? 0);
  return { replica, highMs, heardMs, newestMs, usualMs: usualOf(widestMs), lagMs: openLagMs ?? lagMs };
}

function usualOf(widestMs: readonly number[]): number {
  return widestMs.length < ENOUGH_WINDOWS ? Infinity : (widestMs.toSorted((a, b) => b - a)[1] ?? Infinity);
}

function leastHoleMs(usualMs: number): number {
  return Math.max(LEAST_HOLE_MS, HOLE_STEPS * usualMs);
}
