import { type ReplicaSight } from './cluster-state.ts';
import { densityOf, lagOf, targetsUpOf } from './replica-health.ts';

/** How well a replica does beside the others of its cluster; each from 0 to 1. */
export interface ReplicaScore {
  /** The product of the factors. */
  readonly score: number;
  /** How close the stamps of its samples are to the time they reach the log. */
  readonly freshness: number;
  /** Samples per sample time, as a share of those of whoever sends the most. */
  readonly completeness: number;
  /** Share of its targets that are up. */
  readonly targetsUp: number;
  /** Distance from its newest sample to the log, ms; negative: stamped ahead. `null`: it sent no samples. */
  readonly lagMs: number | null;
}

/** Why one replica does better than another: what makes the greatest difference. */
export type ScoreDetail = 'lagging' | 'clock-ahead' | 'partial' | 'targets-down';

/** Stamps may be so far from the log, either way, and count as fresh, ms; */
const FRESH_MS = 30_000;
/** and from here on they count for nothing. */
const STALE_MS = 150_000;
/** A replica not heard for so long before the cluster's newest record is no measure for the others, ms. */
export const COMPARED_WITHIN_MS = 120_000;

/**
 * The scores of a cluster's replicas, by name. One that never sent a sample has 0; of what is not known of a replica the
 * best is thought.
 *
 * @param heardAtMs log time of the newest record of any of them, Unix ms
 */
export function scoresOf(replicas: readonly ReplicaSight[], heardAtMs: number): ReadonlyMap<string, ReplicaScore> {
  let densest = 0;
  for (const { health, lastRecordMs } of replicas) {
    if (heardAtMs - lastRecordMs <= COMPARED_WITHIN_MS) densest = Math.max(densest, densityOf(health) ?? 0);
  }
  return new Map(replicas.map((sight) => [sight.replica, scoreOf(sight, densest)]));
}

function scoreOf({ health }: ReplicaSight, densest: number): ReplicaScore {
  const lagMs = lagOf(health) ?? null;
  const density = densityOf(health);
  const freshness = lagMs === null ? 0 : freshnessOf(lagMs);
  const completeness = density === undefined || density >= densest ? 1 : density / densest;
  const targetsUp = targetsUpOf(health) ?? 1;
  return { score: freshness * completeness * targetsUp, freshness, completeness, targetsUp, lagMs };
}

function freshnessOf(lagMs: number): number {
  const beyondMs = Math.abs(lagMs) - FRESH_MS;
  return Math.max(0, Math.min(1, 1 - beyondMs / (STALE_MS - FRESH_MS)));
}

/** What is worst in one replica beside another. */
export function detailOf(worse: ReplicaScore, better: ReplicaScore): ScoreDetail {
  const differences: readonly (readonly [ScoreDetail, number])[] = [
    [(worse.lagMs ?? 0) < 0 ? 'clock-ahead' : 'lagging', better.freshness - worse.freshness],
    ['partial', better.completeness - worse.completeness],
    ['targets-down', better.targetsUp - worse.targetsUp],
  ];
  return differences.reduce((most, next) => (next[1] > most[1] ? next : most))[0];
}
