import { type Random } from './random.ts';
import { Shard, type Arrival } from './shard.ts';
import { faultsOf, stretchAt, type Replica, type SeriesTruth, type Stretch, type Target } from './world.ts';

/** A sample as a replica has stored it. */
export interface Sample {
  /** `name{target}`. */
  readonly series: string;
  /** What the replica's clock said, ms since the world began. */
  readonly stampMs: number;
  readonly value: number;
  readonly stale: boolean;
  /** When it was really scraped. */
  readonly realMs: number;
  /** Older than others of its series that were stored before. */
  readonly late?: true;
}

/** What one replica has scraped and sent in its life, or lives. */
export interface History {
  readonly scraped: readonly Sample[];
  readonly arrivals: readonly Arrival[];
}

/** When the world ends, and when ingest is away for everybody. */
export interface Surroundings {
  readonly durationMs: number;
  readonly outages: readonly Stretch[];
}

/** Lives a replica's life: scrapes, queues, requests. */
export function live(replica: Replica, targets: readonly Target[], around: Surroundings, random: Random): History {
  const scraped: Sample[] = [];
  const arrivals: Arrival[] = [];
  for (const life of livesOf(replica)) {
    const untilMs = Math.min(life.untilMs, around.durationMs);
    const samples = targets.flatMap((target) => scrape(replica, target, { ...life, untilMs }, random));
    samples.sort((x, y) => x.realMs - y.realMs);
    scraped.push(...samples);
    for (let shard = 0; shard < replica.shards; shard++) {
      const queue = samples.filter(({ series }) => shardOf(series) % replica.shards === shard);
      const sent = new Shard({ replica, shard, life, around, random }).send(queue);
      arrivals.push(...sent.map((arrival) => ({ ...arrival, atMs: slowedDown(replica, arrival.atMs) })));
    }
  }
  return { scraped, arrivals };
}

/** When what would have arrived at a time does, over the way the replica has. */
function slowedDown(replica: Replica, atMs: number): number {
  const [link] = faultsOf(replica, 'slow-link');
  return link === undefined || atMs < link.fromMs ? atMs : link.fromMs + Math.round((atMs - link.fromMs) * link.factor);
}

/** From a start to the crash that ends it. */
function livesOf(replica: Replica): readonly Stretch[] {
  const lives: Stretch[] = [];
  let fromMs = replica.startsAtMs;
  for (const crash of faultsOf(replica, 'crash')) {
    lives.push({ fromMs, untilMs: crash.fromMs });
    fromMs = crash.untilMs;
  }
  return fromMs === Infinity ? lives : [...lives, { fromMs, untilMs: Infinity }];
}

function shardOf(series: string): number {
  return Buffer.from(series).reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7);
}

/** All samples of a target in one life of a replica; what was there a scrape before and is not any more gets a marker. */
function scrape(replica: Replica, target: Target, life: Stretch, random: Random): readonly Sample[] {
  const samples: Sample[] = [];
  const present = new Set<string>();
  const isThere = visibilityOf(replica, target);
  for (const [n, realMs] of scrapeTimes(replica, target, life, random).entries()) {
    const { reached, known } = isThere(realMs);
    for (const truth of target.series) {
      const series = `${truth.name}{${target.name}}`;
      if (truth.kind === 'late') {
        if (reached) samples.push(...lateSamples(truth, series, { n, realMs, target, replica }));
        continue;
      }
      const value = known ? exposed(truth, realMs, reached) : undefined;
      if (value === undefined && !present.delete(series)) continue;
      if (value !== undefined) present.add(series);
      const stampMs = realMs + replica.clockOffsetMs;
      samples.push({ series, stampMs, value: value ?? NaN, stale: value === undefined, realMs });
    }
  }
  return samples;
}

/** Whether a replica knows of a target at a time, and reaches it. */
function visibilityOf(replica: Replica, { name }: Target): (realMs: number) => { reached: boolean; known: boolean } {
  const lost = faultsOf(replica, 'lost-target').filter(({ target }) => target === name);
  const missing = faultsOf(replica, 'missing-target').filter(({ target }) => target === name);
  return (realMs) => {
    const known = stretchAt(missing, realMs) === undefined;
    return { known, reached: known && stretchAt(lost, realMs) === undefined };
  };
}

interface LateScrape {
  /** Which scrape it is. */
  readonly n: number;
  readonly realMs: number;
  readonly target: Target;
  readonly replica: Replica;
}

/** At every other scrape the newest; at every fourth two before it that were not there yet. */
function lateSamples(truth: SeriesTruth, series: string, scraped: LateScrape): readonly Sample[] {
  const { n, realMs, target, replica } = scraped;
  if (n % 2 === 1) return [];
  const at = (back: number): Omit<Sample, 'late'> => {
    const ms = realMs - back * target.intervalMs;
    return { series, stampMs: ms + replica.clockOffsetMs, value: truth.valueAt(ms) ?? 0, stale: false, realMs };
  };
  if (n < 4 || n % 4 !== 0) return [at(0)];
  return [at(0), { ...at(3), late: true }, { ...at(1), late: true }];
}

function exposed(truth: SeriesTruth, realMs: number, reached: boolean): number | undefined {
  if (truth.kind === 'up') return reached ? 1 : 0;
  return reached ? truth.valueAt(realMs) : undefined;
}

function scrapeTimes(replica: Replica, target: Target, life: Stretch, random: Random): readonly number[] {
  const { intervalMs, name } = target;
  const pauses = faultsOf(replica, 'pause');
  const times: number[] = [];
  const phase = replica.phases.get(name) ?? 0;
  const first = phase + Math.ceil((life.fromMs - phase) / intervalMs) * intervalMs;
  for (let at = first; at < life.untilMs; at += intervalMs) {
    const pause = stretchAt(pauses, at);
    if (pause === undefined) times.push(at + random.int(0, replica.jitterMs));
    else if (
      pause.scrapesAtOnce &&
      at + intervalMs >= pause.untilMs &&
      at + intervalMs - pause.untilMs > intervalMs / 4
    )
      times.push(pause.untilMs);
  }
  return times;
}
