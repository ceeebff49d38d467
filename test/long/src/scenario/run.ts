import { delay, until } from '@tandem/testing';

import { Recording } from '../record/recording.ts';
import { clusterStatus, type Stage } from '../stage/stage.ts';
import { newestStoredMs } from '../stage/stored.ts';
import { Replica } from '../stage/replica.ts';
import { CLOCK_SERIES } from '../target/readings.ts';
import { Target } from '../target/target.ts';
import { strike } from './faults.ts';
import { type Pair, untilElected } from './pair.ts';
import { type Plan } from './plan.ts';

/** What a run has seen. */
export interface Seen {
  readonly pair: Pair;
  /** The span that is judged, Unix ms of sample time. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Epoch of the cluster in the end. */
  readonly epoch: number;
}

/** Starts a pair before a running pipeline, has its fault happen, and waits until the store has everything. */
export async function runPair(stage: Stage, plan: Plan, use: (seen: Seen) => Promise<void>): Promise<void> {
  const target = await new Target(plan.interval.series).start();
  const recording = new Recording();
  const common = { plan, target, recording, ingestUrl: `${stage.ingest.url}/api/v1/write` };
  const [first, second] =
    plan.interval.firstElected === 'packaged' ? (['packaged', 'newer'] as const) : (['newer', 'packaged'] as const);
  const running: { stop(): Promise<void> }[] = [target];
  try {
    const elected = await Replica.launch({ ...common, version: first, offsetMs: plan.offsetMs });
    running.unshift(elected);
    await untilElected(stage, plan, elected);
    const standby = await Replica.launch({ ...common, version: second, offsetMs: 0 });
    running.unshift(standby);
    const pair: Pair = { plan, target, recording, elected, standby };
    const fromMs = await untilSteady(pair);
    await strike(stage, pair);
    const toMs = await untilStored(stage, pair);
    const epoch = (await clusterStatus(stage, plan.id))?.epoch ?? 0;
    await use({ pair, fromMs, toMs, epoch });
  } finally {
    for (const each of running) await each.stop();
  }
}

/**
 * Waits until both replicas have sent for a while.
 *
 * @returns the first stamp from which on both have everything, Unix ms
 */
async function untilSteady({ plan, recording, elected, standby }: Pair): Promise<number> {
  const { intervalMs, scrapesBefore } = plan.interval;
  const heard = () => recording.newestMs(standby.name);
  await until(heard, { what: `replica ${standby.name} of ${plan.id} heard`, timeoutMs: 60_000 + 2 * intervalMs });
  const fromMs = Math.max(heard(), recording.newestMs(elected.name)) + intervalMs;
  const both = () => Math.min(heard(), recording.newestMs(elected.name));
  await until(() => both() >= fromMs + scrapesBefore * intervalMs, {
    what: `${scrapesBefore} scrapes of ${plan.id}`,
    timeoutMs: 120_000 + 2 * scrapesBefore * intervalMs,
    intervalMs: 100,
  });
  return fromMs;
}

/** Lets the pair go on for a while and waits until the store has that: returns the last stamp, Unix ms. */
async function untilStored(stage: Stage, { plan, recording, standby }: Pair): Promise<number> {
  const { tailMs, intervalMs } = plan.interval;
  await delay(tailMs);
  const toMs = recording.newestMs(standby.name) - intervalMs;
  const stored = async (): Promise<boolean> => {
    await stage.store.flush();
    return (await newestStoredMs(stage.store.url, plan.id, CLOCK_SERIES)) >= toMs;
  };
  await until(stored, { what: `${plan.id} in the store`, timeoutMs: 120_000 + 4 * intervalMs, intervalMs: 1000 });
  return toMs;
}
