import { type FillSample } from './fill-sample.ts';
import { FALLS_SHIFT, INTERVAL_MS, LAST_MS, LAST_VALUE, STALE, type FillSeries } from './fill-series.ts';

/** A counter that seems to fall is held back for so many samples, and for so long; after that it has fallen. */
const MAX_FALLS = 2;
const HOLD_MS = 30_000;

/** A sample by which a replica would continue what another one has sent. */
export interface Continuation {
  readonly slot: number;
  readonly timestampMs: number;
  /** Value of the replica's sample before it; NaN: there is none. */
  readonly beforeValue: number;
}

/** The rule of seams: half an interval behind what the other replica has sent, and no counter that falls for its clock. */
export function continues(
  series: FillSeries,
  { slot, timestampMs, beforeValue }: Continuation,
  sample: FillSample,
): boolean {
  const lastMs = series.number(slot, LAST_MS);
  if (Number.isNaN(lastMs)) return true;
  const ended = (series.flags(slot) & STALE) !== 0;
  const intervalMs = ended ? NaN : series.number(slot, INTERVAL_MS);
  if (timestampMs < (Number.isNaN(intervalMs) ? lastMs + 1 : lastMs + intervalMs / 2)) return false;
  if (!sample.monotonic || sample.stale || ended) return true;
  if (!(sample.value < series.number(slot, LAST_VALUE)) || beforeValue > sample.value) return true;
  return !mayBeHeld(series, slot, timestampMs);
}

function mayBeHeld(series: FillSeries, slot: number, timestampMs: number): boolean {
  const flags = series.flags(slot);
  if (flags >> FALLS_SHIFT >= MAX_FALLS) return timestampMs < series.number(slot, LAST_MS) + HOLD_MS;
  series.setFlags(slot, flags + (1 << FALLS_SHIFT));
  return true;
}
