import { type Copy, type Point } from '../record/copy.ts';

/** Of the first switch, when nothing is known of the distance of samples (Thanos' `initialPenalty`). */
const INITIAL_PENALTY_MS = 5000;

/** One replica's samples of a series, while they are read. */
interface Side {
  readonly points: readonly Point[];
  at: number;
  penaltyMs: number;
  /** Added to its values, where counters are adjusted. */
  added: number;
}

/**
 * What Thanos' query deduplication (`penalty`) shows of two replicas, by its behaviour: from the last sample on the side
 * not chosen must be later by twice the distance to the sample chosen, so that it changes sides only where samples
 * are missing. With `adjustsCounters`, as for `rate` and its kin, what a counter falls by at a change of sides is added
 * from then on.
 */
export function penalty(copies: readonly [Copy, Copy], adjustsCounters: (key: string) => boolean): Copy {
  const keys = new Set(copies.flatMap((copy) => [...copy.keys()]));
  return new Map(
    [...keys].map((key) => [key, fold([copies[0].get(key) ?? [], copies[1].get(key) ?? []], adjustsCounters(key))]),
  );
}

function fold(series: readonly [readonly Point[], readonly Point[]], adjusts: boolean): readonly Point[] {
  const sides = [sideOf(series[0]), sideOf(series[1])] as const;
  const chosen: Point[] = [];
  let lastSide: Side | undefined;
  for (;;) {
    const last = chosen.at(-1);
    for (const each of sides) seek(each, last);
    const side = sideToUse(sides);
    const point = side?.points[side.at];
    if (side === undefined || point === undefined) return chosen;
    punish(side === sides[0] ? sides[1] : sides[0], point, last);
    side.penaltyMs = 0;
    const fallsAtChange = adjusts && last !== undefined && lastSide !== side;
    if (fallsAtChange) side.added += Math.max(0, last.value - (point.value + side.added));
    chosen.push({ timestampMs: point.timestampMs, value: point.value + side.added });
    lastSide = side;
  }
}

function sideOf(points: readonly Point[]): Side {
  return { points, at: 0, penaltyMs: 0, added: 0 };
}

/** Goes on to the first sample after the last one chosen and the side's penalty. */
function seek(side: Side, last: Point | undefined): void {
  const leastMs = last === undefined ? -Infinity : last.timestampMs + 1 + side.penaltyMs;
  while ((side.points[side.at]?.timestampMs ?? Infinity) < leastMs) side.at++;
}

/** The side whose next sample is the earlier one; of the same stamp the first. */
function sideToUse([a, b]: readonly [Side, Side]): Side | undefined {
  const [atA, atB] = [a.points[a.at]?.timestampMs, b.points[b.at]?.timestampMs];
  if (atA === undefined) return atB === undefined ? undefined : b;
  return atB === undefined || atA <= atB ? a : b;
}

/** Gives the side that was not chosen its penalty, where it has samples left. */
function punish(side: Side, chosen: Point, last: Point | undefined): void {
  if (side.at >= side.points.length) return;
  side.penaltyMs = last === undefined ? INITIAL_PENALTY_MS : 2 * (chosen.timestampMs - last.timestampMs);
}
