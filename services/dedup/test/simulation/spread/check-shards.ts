import { shardKey } from '@tandem/records';
import { partitionOf } from '@tandem/stream';

import { SETTINGS } from '../../pipeline.ts';
import { type SimulatedStorage } from '../../simulated-log.ts';
import { checkKey } from '../check-seams.ts';
import { type CameLate } from '../check-watermarks.ts';
import { standsIn } from '../check-forgotten.ts';
import { type Findings } from '../findings.ts';
import { keyTextOf, type Output } from '../output.ts';
import { type Entry } from '../records.ts';
import { type Reign } from '../reigns.ts';
import { viewsOf, type ReignView } from '../seam-view.ts';
import { faultsOf, TENANT, type Cluster } from '../world.ts';
import { checkFillPlaces } from './check-fill-places.ts';
import { barriersOf, reignsOfShard, type PlacedBarrier } from './barriers.ts';
import { type SpreadWorld } from './spread-world.ts';

/** How long a key is waited for. */
const PATIENCE_MS = SETTINGS.watermark.patienceMs;

/** A shard after a run. */
export interface ShardRun {
  readonly key: string;
  readonly cluster: Cluster;
  readonly shard: number;
  readonly barriers: readonly PlacedBarrier[];
  readonly entries: readonly Entry[];
  readonly reigns: readonly Reign[];
  readonly views: readonly ReignView[];
}

/** What a run is looked at with. */
export interface RunOfWorld {
  readonly world: SpreadWorld;
  readonly storage: SimulatedStorage;
  readonly entries: readonly Entry[];
  readonly output: Output;
}

/** The shards of a spread cluster after a run. */
export function shardRuns(cluster: Cluster, { storage, entries, output }: RunOfWorld): readonly ShardRun[] {
  const { name = '', shards = 1 } = cluster;
  return Array.from({ length: shards }, (_, shard) => {
    const bytes = shardKey(TENANT, name, shard);
    const key = keyTextOf(bytes);
    const partition = partitionOf(bytes, storage.partitions);
    const own = entries.filter((entry) => entry.cluster === cluster && entry.ofShard === shard);
    const barriers = barriersOf(storage, { cluster: name, shard, partition });
    const reigns = reignsOfShard(barriers, own);
    const views = viewsOf(reigns, own, output.samples.get(key) ?? []);
    return { key, cluster, shard, barriers, entries: own, reigns, views };
  });
}

/** S1 to S3, S5, S6 and that nothing is lost, shard by shard (P3, P4); and that all shards follow the same elections. */
export function checkShards(cluster: Cluster, run: RunOfWorld, findings: Findings): void {
  const shards = shardRuns(cluster, run);
  const epochs = new Set(run.output.elections.get(`${TENANT}/${cluster.name ?? ''}`)?.map(({ epoch }) => epoch));
  for (const shard of shards) {
    const outs = run.output.samples.get(shard.key) ?? [];
    checkKey({ ...shard, outs }, run.world, findings);
    checkBarriers(shard, run, findings);
    findings.count('records of shards', shard.entries.length);
    findings.count('samples out of shards', outs.length);
  }
  findings.count('elections of spread clusters', epochs.size);
  checkSamePlace(cluster, shards, findings);
  checkFillPlaces(cluster, shards, findings);
}

/** P1, P6: every election has its barrier, once, in the order of the epochs; and nobody was let through before the first. */
function checkBarriers(shard: ShardRun, { output, storage }: RunOfWorld, findings: Findings): void {
  const { key, cluster, barriers, views } = shard;
  const elections = output.elections.get(`${TENANT}/${cluster.name ?? ''}`) ?? [];
  const decided = elections.map(({ epoch, replica, reason }) => `${epoch} ${replica} ${reason}`);
  const told = barriers
    .filter(({ barrier }) => barrier.replica !== null)
    .map(({ barrier: { epoch, replica, reason } }) => `${epoch} ${replica ?? ''} ${reason}`);
  if (told.join() !== decided.join()) {
    findings.violate('P1', key, `the barriers are ${told.join(', ')}, the elections ${decided.join(', ')}`);
  }
  if (isForgotten(shard) && standsIn(storage, partitionOf(Buffer.from(key), storage.partitions), key) !== false) {
    findings.violate('P11', key, 'it is forgotten, and stands in clusters');
  }
  const outs = output.samples.get(key) ?? [];
  const known = new Set(views.map(({ reign }) => reign.epoch));
  const stray = outs.find(({ epoch }) => !known.has(epoch));
  if (stray !== undefined) findings.violate('P2', key, `samples come out under epoch ${stray.epoch}`);
}

/** Whether its elector has forgotten the cluster, and nothing of the shard has come since it was vacant. */
function isForgotten({ barriers, entries }: ShardRun): boolean {
  const last = barriers.at(-1);
  const end = barriers.findLast(({ barrier }) => barrier.reason === 'idle');
  if (last?.barrier.reason !== 'forgotten' || end === undefined) return false;
  return !entries.some(({ offset }) => offset > end.offset);
}

/**
 * P4: where the series of a target end with the same scrape of the forerunner, they go on with the same scrape of the
 * successor, whatever shards they are in. Only of series that every scrape has, and no seam holds back.
 */
function checkSamePlace(cluster: Cluster, shards: readonly ShardRun[], findings: Findings): void {
  const epochs = new Set(shards.flatMap(({ reigns }) => reigns.map(({ epoch }) => epoch)));
  for (const epoch of epochs) {
    for (const { name } of cluster.targets) {
      const cuts = shards.flatMap((shard) => cutsOf(shard, epoch, name));
      const lasts = new Set(cuts.map(({ lastMs }) => lastMs));
      const intervals = new Set(cuts.map(({ intervalMs }) => intervalMs));
      if (cuts.length < 2 || lasts.size !== 1 || intervals.size !== 1) continue;
      findings.count('targets cut at one place in all shards');
      const firsts = new Set(cuts.map(({ firstMs }) => firstMs));
      if (firsts.size === 1) continue;
      const detail = cuts.map(({ series, firstMs }) => `${series} at ${firstMs / 1000}`).join(', ');
      findings.violate('P4', shards[0]?.key ?? '', `epoch ${epoch} begins at different scrapes: ${detail}`);
    }
  }
}

/** Whether a replica fails to scrape a target at times: there are samples of some series only. */
function loses({ replicas }: Cluster, name: string, target: string): boolean {
  const replica = replicas.find((each) => each.name === name);
  return replica !== undefined && faultsOf(replica, 'lost-target').some((fault) => fault.target === target);
}

interface Cut {
  readonly series: string;
  readonly lastMs: number;
  readonly intervalMs: number;
  readonly firstMs: number;
}

/** Where the steady series of a target went from one epoch to another in a shard. */
function cutsOf({ cluster, views }: ShardRun, epoch: number, target: string): readonly Cut[] {
  const view = views.find(({ reign }) => reign.epoch === epoch);
  if (view?.reign.forerunner === undefined || loses(cluster, view.reign.replica, target)) return [];
  return [`up{${target}}`, `temperature{${target}}`].flatMap((series) => {
    const known = view.known.get(series);
    const first = view.outs.find((out) => out.series === series);
    const isMarked = known?.last.stale === true || first?.stale === true;
    if (known?.intervalMs === undefined || first === undefined || isMarked) return [];
    // All of the scrapes in between have reached the log, in time.
    const scraped = view.candidates.filter(({ sample }) => sample.series === series);
    const inTime = scraped.every(
      ({ entry, sample }) => entry.offset <= view.seamEndOffset || sample.stampMs > first.stampMs,
    );
    return inTime ? [{ series, lastMs: known.last.stampMs, intervalMs: known.intervalMs, firstMs: first.stampMs }] : [];
  });
}

/**
 * Which barriers came when their shard was not waited for any more: what had waited for one, or for another replica than the
 * one followed until then, is late (W2).
 */
export function lateBarriers(run: RunOfWorld): CameLate | undefined {
  const late = new Set<string>();
  const spread = run.world.clusters.filter(({ shards }) => shards !== undefined);
  for (const { key, entries, reigns } of spread.flatMap((cluster) => shardRuns(cluster, run))) {
    for (const reign of reigns) {
      const { epoch, offset, electedAtMs, forerunner, fromOffset } = reign;
      const heard = entries.filter((entry) => entry.offset < offset && entry.replica.name === forerunner?.replica);
      const since = fromOffset === undefined ? heard.at(-1) : entries.find((entry) => entry.offset === fromOffset);
      if (electedAtMs - (since?.atMs ?? -Infinity) >= PATIENCE_MS) late.add(`${key} ${epoch}`);
    }
  }
  return late.size === 0 ? undefined : (key, epoch) => late.has(`${key} ${epoch}`);
}
