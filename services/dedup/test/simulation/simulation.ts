import { TOPICS } from '../pipeline.ts';
import { type SimulatedStorage } from '../simulated-log.ts';
import { checkLedger } from './check-ledger.ts';
import { checkElections } from './check-elections.ts';
import { checkForgotten } from './check-forgotten.ts';
import { checkHandovers, handoversBeside } from './check-handovers.ts';
import { checkKey } from './check-seams.ts';
import { checkOutOfOrder } from './check-out-of-order.ts';
import { checkWatermarks } from './check-watermarks.ts';
import { consume, roughConsumer, SMOOTH, type Consumer } from './consumer.ts';
import { Findings } from './findings.ts';
import { makeWorld } from './make-world.ts';
import { bytesByKey, keyTextOf, outputOf, type Output } from './output.ts';
import { Random } from './random.ts';
import { historyOf, keyOf, type Entry } from './records.ts';
import { reignsOf, type Reign } from './reigns.ts';
import { viewsOf } from './seam-view.ts';
import { type Cluster, type World } from './world.ts';

/** A world, what happened in it and what came out. */
export interface Simulation {
  readonly world: World;
  readonly history: readonly Entry[];
  readonly consumer: Consumer;
  readonly output: Output;
  readonly findings: Findings;
}

/** Makes the world of a seed, has it consumed in two ways, and checks what came out. */
export async function simulate(seed: number): Promise<Simulation> {
  const random = new Random(seed);
  const world = makeWorld(seed, random.fork());
  const consumer = roughConsumer(random.fork());
  const history = historyOf(world);
  const findings = new Findings();
  const smooth = await consumeOrReport(world, history, { consumer: SMOOTH, findings });
  const rough = await consumeOrReport(world, history, { consumer, findings });
  if (rough === undefined || smooth === undefined) {
    return { world, history, consumer, output: NOTHING, findings };
  }
  checkSameBytes(smooth, rough, { topics: [TOPICS.deduped, TOPICS.elections], findings });
  for (const storage of [smooth, rough]) checkWatermarks(storage, { world, history }, findings);
  const output = outputOf(rough);
  await checkLedger({ smooth, rough }, output, findings);
  if (output.rejects > 0) findings.violate('S2', '', `${output.rejects} records were rejected`);
  for (const cluster of world.clusters) checkCluster({ world, history, output, findings, storage: rough }, cluster);
  return { world, history, consumer, output, findings };
}

const NOTHING: Output = { samples: new Map(), elections: new Map(), rejects: 0 };

async function consumeOrReport(
  world: World,
  history: readonly Entry[],
  { consumer, findings }: { readonly consumer: Consumer; readonly findings: Findings },
): Promise<SimulatedStorage | undefined> {
  try {
    return await consume(world, history, consumer);
  } catch (error) {
    findings.violate(
      'runs',
      '',
      `the ${consumer.name} consumer: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return undefined;
  }
}

/** S4: the same bytes by key, whatever the consumer. */
export function checkSameBytes(
  smooth: SimulatedStorage,
  rough: SimulatedStorage,
  { topics, findings }: { readonly topics: readonly string[]; readonly findings: Findings },
): void {
  for (const topic of topics) {
    const expected = bytesByKey(smooth, topic);
    const found = bytesByKey(rough, topic);
    for (const key of new Set([...expected.keys(), ...found.keys()])) {
      const one = expected.get(key) ?? [];
      const other = found.get(key) ?? [];
      const at = Array.from({ length: Math.max(one.length, other.length) }, (_, i) => i).find(
        (i) => one[i] !== other[i],
      );
      if (at === undefined) continue;
      findings.violate(
        'S4',
        key,
        `${topic} differs from record ${at} on: smooth ${head(one[at])}, rough ${head(other[at])}`,
      );
    }
  }
}

function head(text: string | undefined): string {
  return text === undefined ? 'nothing' : text.slice(0, 400);
}

type Checked = Omit<Simulation, 'consumer'> & { readonly storage: SimulatedStorage };

function checkCluster({ world, history, output, findings, storage }: Checked, cluster: Cluster): void {
  const key = keyTextOf(keyOf(cluster));
  const entries = history.filter((entry) => entry.cluster === cluster);
  const all = output.samples.get(key) ?? [];
  const outs = all.filter(({ outOfOrder }) => !outOfOrder);
  const elections = output.elections.get(key) ?? [];
  const paired = cluster.name !== undefined;
  const handovers = handoversBeside(cluster, world, output);
  const { reigns, ...forgotten } = paired
    ? reignsOf(history, cluster, { ...world, handovers })
    : { reigns: entries.slice(0, 1).map(loneReign), isForgotten: false, timesForgotten: 0 };
  const run = { key, cluster, entries, outs, views: viewsOf(reigns, entries, outs) };
  checkKey(run, world, findings);
  checkOutOfOrder(run, all, findings);
  if (paired) {
    checkElections({ key, cluster, entries, reigns, elections }, world, findings);
    checkHandovers({ key, cluster, entries, reigns, elections }, world, findings);
    checkForgotten(storage, { key, cluster, ...forgotten }, findings);
  }
  findings.count('records', entries.length);
  findings.count('samples out', all.length);
}

/** A sender of no pair is let through for ever, as epoch 0. */
function loneReign({ replica, atMs }: Entry): Reign {
  return {
    epoch: 0,
    replica: replica.name,
    offset: 0,
    electedAtMs: atMs,
    untilOffset: Infinity,
    reason: 'failover',
    forerunner: undefined,
  };
}
