import { until } from '@tandem/testing';

import { type Recording } from '../record/recording.ts';
import { type Replica } from '../stage/replica.ts';
import { clusterStatus, type Stage } from '../stage/stage.ts';
import { type Target } from '../target/target.ts';
import { type Plan } from './plan.ts';

/** A pair that something happens to. */
export interface Pair {
  readonly plan: Plan;
  readonly target: Target;
  readonly recording: Recording;
  /** The one the fault is for. */
  readonly elected: Replica;
  readonly standby: Replica;
}

/** Waits until a replica is elected. */
export async function untilElected(stage: Stage, plan: Plan, replica: Replica): Promise<void> {
  const { intervalMs, failoverTimeoutMs } = plan.interval;
  await until(async () => (await clusterStatus(stage, plan.id))?.elected?.replica === replica.name, {
    what: `replica ${replica.name} of ${plan.id} elected`,
    timeoutMs: 60_000 + 4 * intervalMs + 3 * failoverTimeoutMs,
    intervalMs: 250,
  });
}
