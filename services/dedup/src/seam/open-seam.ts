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
}

/** The seam an election opens. */
export function seamOf({ epoch, replica, electedAtMs, previous }: Election, offset: number): OpenSeam {
  return { epoch, replica, offset, electedAtMs, forerunnerHeardAtMs: previous?.receivedAtMs ?? null };
}
