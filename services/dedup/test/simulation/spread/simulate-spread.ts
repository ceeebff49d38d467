import { isDeepStrictEqual } from 'node:util';

import { TOPICS } from '../../pipeline.ts';
import { SimulatedStorage } from '../../simulated-log.ts';
import { checkElections } from '../check-elections.ts';
import { checkForgotten } from '../check-forgotten.ts';
import { checkHandovers, handoversBeside } from '../check-handovers.ts';
import { checkLedger } from '../check-ledger.ts';
import { checkKey } from '../check-seams.ts';
import { checkWatermarks } from '../check-watermarks.ts';
import { consume, roughConsumer, SMOOTH, type Consumer } from '../consumer.ts';
import { Findings } from '../findings.ts';
import { bytesByKey, keyTextOf, outputOf } from '../output.ts';
import { Random } from '../random.ts';
import { keyOf } from '../records.ts';
import { reignsOf } from '../reigns.ts';
import { viewsOf } from '../seam-view.ts';
import { checkSameBytes } from '../simulation.ts';
import { type Cluster } from '../world.ts';
import { placesOf } from './barriers.ts';
import { checkShards, lateBarriers, type RunOfWorld } from './check-shards.ts';
import { spreadHistoryOf, type Beat, type SpreadHistory } from './ingest.ts';
import { makeSpreadWorld, type SpreadWorld } from './spread-world.ts';

/** A world with spread clusters, what happened in it and what came out: of the level run where that fails, else of the rough one. */
export interface SpreadSimulation {
  readonly world: SpreadWorld;
  readonly history: SpreadHistory;
  readonly consumer: Consumer;
  readonly run: RunOfWorld | undefined;
  readonly findings: Findings;
}

/** Keeps pace with the senders: barriers come within a second of what they are made of. */
const LEVEL: Consumer = { ...SMOOTH, name: 'level', chunks: [30] };

/**
 * Makes the world of a seed, has it consumed by instances that keep pace and by some that do not, and checks what came out of
 * both. Elections are the same in both. Where in a shard a barrier comes depends on who was how fast; so the log of the rough
 * run, barriers and all, is read once more, by somebody who elects nobody: the same has to come out (P5).
 */
export async function simulateSpread(seed: number): Promise<SpreadSimulation> {
  const random = new Random(seed ^ 0x5b4ead);
  const world = makeSpreadWorld(seed, random.fork());
  const consumer = roughConsumer(random.fork());
  const history = spreadHistoryOf(world);
  const findings = new Findings();
  const level = await consumeOrReport(world, history, { consumer: LEVEL, findings });
  const rough = await consumeOrReport(world, history, { consumer, findings });
  if (level === undefined || rough === undefined) return { world, history, consumer, run: undefined, findings };
  checkSameElections(world, { level, rough }, findings);
  const again = await consume(world, [], SMOOTH, samplesOf(rough));
  checkSameBytes(again, rough, { topics: [TOPICS.deduped], findings });
  const ofLevel = runOf(world, history, level);
  checkRun(ofLevel, history, findings);
  const failing = findings.violations.length > 0 ? ofLevel : undefined;
  const run = runOf(world, history, rough);
  checkRun(run, history, findings);
  await checkLedger({ smooth: again, rough }, run.output, findings);
  return { world, history, consumer, run: failing ?? run, findings };
}

function runOf(world: SpreadWorld, { sent }: SpreadHistory, storage: SimulatedStorage): RunOfWorld {
  return { world, storage, entries: placesOf(storage, sent), output: outputOf(storage) };
}

async function consumeOrReport(
  world: SpreadWorld,
  { fed }: SpreadHistory,
  { consumer, findings }: { readonly consumer: Consumer; readonly findings: Findings },
): Promise<SimulatedStorage | undefined> {
  try {
    return await consume(world, fed, consumer);
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    findings.violate('runs', '', `the ${consumer.name} consumer: ${detail}`);
    return undefined;
  }
}

/** Elections of spread clusters do not depend on who was how fast. */
function checkSameElections(
  { clusters }: SpreadWorld,
  { level, rough }: { readonly level: SimulatedStorage; readonly rough: SimulatedStorage },
  findings: Findings,
): void {
  const [expected, found] = [bytesByKey(level, TOPICS.elections), bytesByKey(rough, TOPICS.elections)];
  for (const cluster of clusters.filter(({ shards }) => shards !== undefined)) {
    const key = keyTextOf(keyOf(cluster));
    if (isDeepStrictEqual(expected.get(key), found.get(key))) continue;
    findings.violate('S4', key, 'elections depend on how fast the heartbeats were read');
  }
}

/** The records of `samples` of a run, barriers included, each at its place. */
function samplesOf(storage: SimulatedStorage): SimulatedStorage {
  const copy = new SimulatedStorage(storage.partitions);
  for (let partition = 0; partition < storage.partitions; partition++) {
    for (const { offset, ...record } of storage.records(TOPICS.samples, partition)) {
      copy.append(TOPICS.samples, partition, [record], offset - copy.end(TOPICS.samples, partition));
    }
  }
  return copy;
}

function checkRun(run: RunOfWorld, { beats }: SpreadHistory, findings: Findings): void {
  const { world, storage, entries, output } = run;
  if (output.rejects > 0) findings.violate('S2', '', `${output.rejects} records were rejected`);
  const cameLate = lateBarriers(run);
  checkWatermarks(storage, { world, history: entries, ...(cameLate === undefined ? {} : { cameLate }) }, findings);
  for (const cluster of world.clusters) {
    if (cluster.shards === undefined) {
      checkCluster(cluster, run, findings);
      continue;
    }
    checkShards(cluster, run, findings);
    checkElected(cluster, run, { beats, findings });
  }
}

/** The elections of a spread cluster follow from its heartbeats as others do from their records. */
function checkElected(
  cluster: Cluster,
  { world, storage, output }: RunOfWorld,
  { beats, findings }: { readonly beats: readonly Beat[]; readonly findings: Findings },
): void {
  const key = keyTextOf(keyOf(cluster));
  const elections = output.elections.get(key) ?? [];
  const handovers = handoversBeside(cluster, world, output);
  const { reigns, ...forgotten } = reignsOf(beats, cluster, { ...world, handovers });
  const entries = beats.filter((beat) => beat.cluster === cluster);
  checkElections({ key, cluster, entries, reigns, elections }, world, findings);
  checkHandovers({ key, cluster, entries, reigns, elections }, world, findings);
  checkForgotten(storage, { key, cluster, ...forgotten }, findings);
  findings.count('heartbeats', entries.length);
}

/** A cluster that is not spread, in the same partitions. */
function checkCluster(cluster: Cluster, { world, storage, entries, output }: RunOfWorld, findings: Findings): void {
  const key = keyTextOf(keyOf(cluster));
  const own = entries.filter((entry) => entry.cluster === cluster);
  const handovers = handoversBeside(cluster, world, output);
  const { reigns, ...forgotten } = reignsOf(entries, cluster, { ...world, handovers });
  checkForgotten(storage, { key, cluster, ...forgotten }, findings);
  const outs = output.samples.get(key) ?? [];
  checkKey({ key, cluster, entries: own, outs, views: viewsOf(reigns, own, outs) }, world, findings);
}
