import { type BodyProtocol } from '@tandem/records';
import {
  compress,
  inflate,
  rewrite,
  scan,
  splitBySize,
  throwIfNoMemory,
  type Problem,
  type Protocol,
  type Rewritten,
  type SeriesTracker,
} from '@tandem/remote-write';

/** One body to go on, and what it holds. */
export interface Part {
  /** Snappy block. */
  readonly value: Uint8Array;
  readonly samples: number;
  readonly minTimestampMs: number | undefined;
  readonly maxTimestampMs: number | undefined;
}

/** A body without its repeats and its replica label. */
export interface Reworked {
  readonly ok: true;
  /** Nothing where nothing is left; more than one where it had to be split. */
  readonly parts: readonly Part[];
  readonly keptSamples: number;
  readonly droppedSamples: number;
  readonly maxTimestampMs: number | undefined;
}

/** A body that cannot be processed. */
export interface Unreadable {
  readonly ok: false;
  readonly problem: Problem;
  /** Whether the tracker has seen samples of it, which nobody will get. */
  readonly tainted: boolean;
}

/** What is to be done to a body. */
export interface Rework {
  readonly protocol: BodyProtocol;
  /** Snappy block. */
  readonly value: Uint8Array;
  /** `null`: no label is removed. */
  readonly replicaLabel: string | null;
  readonly series: SeriesTracker;
  /** Series of which no sample is let through go, with their exemplars. */
  readonly onlyKept?: boolean;
}

/** Bounds on bodies, bytes. */
export interface BodyLimits {
  readonly maxDecodedBytes: number;
  readonly maxRecordBytes: number;
}

/** Inflates, rewrites and deflates bodies, one after the other. */
export class BodyReworker {
  readonly #limits: BodyLimits;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /**
   * Reworks one body. What nothing was taken out of is passed on as the bytes it came in.
   *
   * @throws {NoMemoryError}
   */
  rework(rework: Rework): Reworked | Unreadable {
    const result = this.#rework(rework);
    if (!result.ok) throwIfNoMemory(result.problem);
    return result;
  }

  #rework({ protocol, value, replicaLabel, series, onlyKept = false }: Rework): Reworked | Unreadable {
    const wire: Protocol = protocol === '1.0' ? 'v1' : 'v2';
    // Everything happens while the inflated bytes are lent: what goes on is deflated, and thereby copied.
    const inflated = inflate(value, this.#limits.maxDecodedBytes, (data) => {
      const rewritten = rewrite(wire, data, { replicaLabel, series, onlyKept });
      return rewritten.ok ? this.#deflate(wire, rewritten, value) : { ...rewritten, tainted: true };
    });
    return inflated.ok ? inflated.value : { ...inflated, tainted: false };
  }

  #deflate(wire: Protocol, rewritten: Rewritten, value: Uint8Array): Reworked | Unreadable {
    if (rewritten.body.length === 0) return reworked(rewritten, []);
    const deflated = rewritten.changed ? compress(rewritten.body) : value;
    if (deflated.length <= this.#limits.maxRecordBytes) return reworked(rewritten, [wholePart(rewritten, deflated)]);
    const parts: Part[] = [];
    const problem = this.#split(wire, { body: rewritten.body, ratio: deflated.length / rewritten.body.length }, parts);
    return problem === undefined ? reworked(rewritten, parts) : { ok: false, problem, tainted: true };
  }

  #split(
    protocol: Protocol,
    { body, ratio }: { readonly body: Uint8Array; readonly ratio: number },
    into: Part[],
  ): Problem | undefined {
    const { maxRecordBytes } = this.#limits;
    const aim = Math.min(body.length - 1, Math.floor((maxRecordBytes * 0.8) / ratio));
    const split = splitBySize(protocol, body, aim);
    if (!split.ok) return split.problem;
    for (const part of split.bodies) {
      const value = compress(part);
      const problem =
        value.length <= maxRecordBytes
          ? appendPart(protocol, part, value, into)
          : this.#split(protocol, { body: part, ratio: value.length / part.length }, into);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
}

/** Labels that no series has: a part is scanned for its counts and times, not for whose it is. */
const NO_LABELS = { clusterLabel: '\u0000', replicaLabel: '\u0000' };

function appendPart(protocol: Protocol, body: Uint8Array, value: Uint8Array, into: Part[]): Problem | undefined {
  const scanned = scan(protocol, body, NO_LABELS);
  if (!scanned.ok) return scanned.problem;
  const { samples, histograms, minTimestampMs, maxTimestampMs } = scanned.summary;
  into.push({ value, samples: samples + histograms, minTimestampMs, maxTimestampMs });
  return undefined;
}

function wholePart(rewritten: Rewritten, value: Uint8Array): Part {
  const { keptSamples, minTimestampMs, maxTimestampMs } = rewritten;
  return { value, samples: keptSamples, minTimestampMs, maxTimestampMs };
}

function reworked(rewritten: Rewritten, parts: readonly Part[]): Reworked {
  const { keptSamples, droppedSamples, maxTimestampMs } = rewritten;
  return { ok: true, parts, keptSamples, droppedSamples, maxTimestampMs };
}
