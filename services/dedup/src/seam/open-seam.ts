import { type Election } from '@tandem/election';

/** A failover whose seam is open: what has to be known to read it again, and nothing more. */
export interface OpenSeam {
  readonly epoch: number;
  /** The successor. */
  readonly replica: string;
  /** Offset of the record of `samples` that elected it. */
  readonly offset: number;
  /** Log time of the election, Unix ms. */
  readonly electedAtMs: number;
  /** Log time of the forerunner's last record, Unix ms; `null`: it had none, and there is nothing to be read again. */
  readonly forerunnerHeardAtMs: number | null;
  /** The forerunner's newest sample, Unix ms; `null`: not known. */
  readonly forerunnerHighMs: number | null;
  /** From which offset the successor's records have waited for the election, in a shard of a spread cluster. */
  readonly fromOffset?: number | null;
}

/** A forerunner's samples may end so long before its last record; of what ended earlier nothing is read again, ms. */
export const LONGEST_LAG_MS = 3_600_000;

/**
 * Where the samples of the forerunner end, Unix ms: with its last record, or before it where it lagged, by no more than
 * {@link LONGEST_LAG_MS}. From a seam window before that the seam looks at the log.
 */
export function forerunnerEndMs({ forerunnerHeardAtMs, forerunnerHighMs, electedAtMs }: OpenSeam): number {
  const heardAtMs = forerunnerHeardAtMs ?? electedAtMs;
  return Math.max(heardAtMs - LONGEST_LAG_MS, Math.min(heardAtMs, forerunnerHighMs ?? heardAtMs));
}

/** The seam an election opens. */
export function seamOf({ epoch, replica, electedAtMs, previous }: Election, offset: number): OpenSeam {
  return {
    epoch,
    replica,
    offset,
    electedAtMs,
    forerunnerHeardAtMs: previous?.receivedAtMs ?? null,
    forerunnerHighMs: previous?.highTimestampMs ?? null,
  };
}

/** A replica that no record is of: names are never empty. */
const NOBODY = '';

/** What a vacant cluster has in place of a seam: what is still read ends here. */
export function endOfReading(at: Pick<OpenSeam, 'offset' | 'electedAtMs' | 'epoch'>): OpenSeam {
  const { offset, electedAtMs, epoch } = at;
  return { offset, electedAtMs, epoch, replica: NOBODY, forerunnerHeardAtMs: null, forerunnerHighMs: null };
}

/** Whether a seam is such an end. */
export function isEndOfReading({ replica }: OpenSeam): boolean {
  return replica === NOBODY;
}
