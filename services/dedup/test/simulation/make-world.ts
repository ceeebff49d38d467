import { type Random } from './random.ts';
import {
  type Cluster,
  type Fault,
  type Replica,
  type Scenario,
  type SeriesTruth,
  type Stretch,
  type Target,
  type World,
} from './world.ts';

/** What may happen in a world, as often as it is to. */
export const SCENARIOS: readonly [Scenario, ...Scenario[]] = [
  'calm',
  'outage',
  'crash',
  'crash',
  'crash-skewed',
  'crash-skewed',
  'restart',
  'pause',
  'cut',
  'lost-target',
  'flaky-target',
  'flaky-target',
  'flaky-target',
  'slow',
  'lagging',
  'clock-ahead',
  'mixed',
  'mixed',
  'mixed',
];
/** Worlds in which nothing is lost or late but by what they are made for. */
const QUIET: readonly Scenario[] = ['calm', 'outage', 'lagging', 'clock-ahead', 'partial'];

/** Makes the world of a seed. */
export function makeWorld(seed: number, random: Random): World {
  const drawn = random.pick(SCENARIOS);
  const scenario = rareScenario(seed) ?? drawn;
  // How many samples a replica sends is known after minutes.
  const durationMs = random.int(240, 480) * 1000 + (LONGER[scenario] ?? 0);
  const partitions = random.int(1, 2);
  const plan = { scenario, durationMs };
  const drawnClusters = random.int(1, 3);
  const clusters = Array.from({ length: scenario === 'partial' ? 1 : drawnClusters }, (_, i) =>
    clusterOf(random.fork(), plan, { name: `c${i}`, partition: i % partitions }),
  );
  if (random.chance(0.5)) clusters.push(loneSender(random.fork(), plan, random.int(0, partitions - 1)));
  const outages = scenario === 'outage' || (scenario === 'mixed' && random.chance(0.5)) ? outagesOf(random, plan) : [];
  const drawnMs = random.pick([1_800_000, 1_800_000, 100_000, 45_000]);
  const idleTimeoutMs = scenario === 'visiting' ? 45_000 : drawnMs;
  const forgetAfterMs = forgetAfterOf(idleTimeoutMs);
  return { seed, scenario, durationMs, partitions, clusters, outages, idleTimeoutMs, forgetAfterMs };
}

/** Where clusters give their places up soon they are forgotten soon. */
export function forgetAfterOf(idleTimeoutMs: number): number {
  return idleTimeoutMs < 1_800_000 ? 2 * idleTimeoutMs : 86_400_000;
}

/** By how much worlds are longer in which something takes its time, ms. */
const LONGER: Readonly<Partial<Record<Scenario, number>>> = { partial: 500_000, visiting: 500_000 };

/** Worlds that are long, or that ask for other settings: of a few seeds. */
function rareScenario(seed: number): Scenario | undefined {
  if (seed % 40 === 33) return 'partial';
  if (seed % 20 === 11) return 'visiting';
  return seed % 20 === 14 ? 'out-of-order' : undefined;
}

/** What all clusters of a world have in common. */
export interface Plan {
  readonly scenario: Scenario;
  readonly durationMs: number;
}

/** When ingest is away for everybody. */
export function outagesOf(random: Random, { durationMs }: Plan): readonly Stretch[] {
  const fromMs = random.int(60_000, durationMs - 120_000);
  return [{ fromMs, untilMs: fromMs + random.int(5, 90) * 1000 }];
}

/** A cluster, with what happens to its replicas. */
export function clusterOf(
  random: Random,
  plan: Plan,
  { name, partition }: { name: string; partition: number },
): Cluster {
  const { scenario } = plan;
  const isPartial = scenario === 'partial';
  // They are long: few samples make them short to play.
  const isLong = LONGER[scenario] !== undefined;
  const steady = isLong
    ? ([5000] as const)
    : QUIET.includes(scenario)
      ? ([1000, 5000] as const)
      : ([1000, 5000, 15_000] as const);
  const targets = Array.from({ length: random.int(1, 3) + (isPartial ? 1 : 0) }, (_, i) =>
    targetOf(random, plan, {
      name: `${name}-t${i}`,
      // The first one is scraped often, or the cluster is silent for longer than the failover timeout by nature.
      intervalMs:
        isLong || (i === 0 && scenario !== 'slow')
          ? random.pick(steady)
          : random.pick([1000, 5000, 15_000, 15_000, 60_000]),
    }),
  );
  const replicas = Array.from({ length: random.chance(0.2) ? 3 : 2 }, (_, i) =>
    replicaOf(random.fork(), plan, { index: i, targets }),
  );
  if (scenario === 'visiting') return { name, partition, targets, replicas: visitors(random, plan, replicas) };
  return { name, partition, targets, replicas, ...(scenario === 'out-of-order' && random.chance(0.5) ? TAKES : {}) };
}

const TAKES: Pick<Cluster, 'takesOutOfOrder'> = { takesOutOfOrder: true };

function loneSender(random: Random, plan: Plan, partition: number): Cluster {
  const targets = [targetOf(random, plan, { name: 'lone', intervalMs: random.pick([5000, 15_000]) })];
  return { name: undefined, partition, targets, replicas: [replicaOf(random, plan, { index: 1, targets })] };
}

function targetOf(
  random: Random,
  { durationMs, scenario }: Plan,
  { name, intervalMs }: Omit<Target, 'series'>,
): Target {
  const series: SeriesTruth[] = [
    { name: 'up', kind: 'up', valueAt: () => 1 },
    gauge(random.int(1, 1000)),
    counter(random, durationMs),
  ];
  if (random.chance(0.5)) series.push({ ...counter(random, durationMs), name: 'bytes_total' });
  if (random.chance(0.5)) series.push(visitor(random, durationMs));
  if (scenario === 'out-of-order') series.push({ ...gauge(random.int(1, 1000)), name: 'sensor', kind: 'late' });
  return { name, intervalMs, series };
}

function gauge(salt: number): SeriesTruth {
  return { name: 'temperature', kind: 'gauge', valueAt: (ms) => Math.round(Math.sin(ms / 7000 + salt) * 1e6) / 1000 };
}

/** Grows all the time; now and then the target restarts and it begins at zero. */
function counter(random: Random, durationMs: number): SeriesTruth {
  const resets = [-random.int(10_000, 3_600_000)];
  while (random.chance(0.35)) resets.push(random.int(0, durationMs));
  const perSecond = random.int(1, 2000);
  const valueAt = (ms: number): number => {
    const since = Math.max(...resets.filter((reset) => reset <= ms));
    return ((ms - since) / 1000) * perSecond;
  };
  return { name: 'requests_total', kind: 'counter', valueAt };
}

function visitor(random: Random, durationMs: number): SeriesTruth {
  const visits: Stretch[] = [];
  for (let at = random.int(-60_000, 60_000); at < durationMs;) {
    const untilMs = at + random.int(10_000, 150_000);
    visits.push({ fromMs: at, untilMs });
    at = untilMs + random.int(5_000, 100_000);
  }
  const isThere = (ms: number): boolean => visits.some(({ fromMs, untilMs }) => ms >= fromMs && ms < untilMs);
  return { name: 'visitor', kind: 'visitor', valueAt: (ms) => (isThere(ms) ? Math.round(ms / 10) : undefined) };
}

function replicaOf(
  random: Random,
  plan: Plan,
  { index, targets }: { readonly index: number; readonly targets: readonly Target[] },
): Replica {
  const { scenario } = plan;
  const quiet = QUIET.includes(scenario);
  return {
    name: ['a', 'b', 'c'][index] ?? 'd',
    clockOffsetMs: scenario === 'clock-ahead' && index === 0 ? random.int(70, 110) * 1000 : offsetOf(random, scenario),
    startsAtMs: index === 0 ? 0 : random.int(0, 3000),
    phases: new Map(targets.map(({ name, intervalMs }) => [name, random.int(0, intervalMs - 1)])),
    jitterMs: random.chance(0.3) ? random.int(1, 10) : 0,
    shards: random.int(1, 3),
    batchDeadlineMs: quiet ? random.int(200, 1500) : random.int(200, 5000),
    maxSamplesPerSend: random.pick([100, 500, 2000]),
    protocol: random.pick(['1.0', '2.0']),
    entryPerSample: random.chance(0.5),
    lostAnswers: quiet || random.chance(0.5) ? 0 : random.pick([0.01, 0.05, 0.2]),
    requestTimeoutMs: random.pick([2000, 5000, 30_000]),
    maxLatencyMs: quiet ? 300 : random.pick([50, 500, 4000]),
    faults: faultsFor(random, plan, { index, targets }),
  };
}

function offsetOf(random: Random, scenario: Scenario): number {
  const seconds =
    scenario === 'crash-skewed' || (scenario === 'mixed' && random.chance(0.4))
      ? random.pick([0, -20, -10, -5, -2, 2, 5, 10, 20])
      : 0;
  return seconds * 1000;
}

function faultsFor(
  random: Random,
  { scenario, durationMs }: Plan,
  { index, targets }: { readonly index: number; readonly targets: readonly Target[] },
): readonly Fault[] {
  const fromMs = random.int(60_000, durationMs - 100_000);
  const untilMs = fromMs + random.int(2, 100) * 1000;
  const target = targets[random.int(0, targets.length - 1)]?.name ?? '';
  const fault: Record<Fault['kind'], Fault> = {
    crash: { kind: 'crash', fromMs, untilMs: scenario.startsWith('crash') ? Infinity : untilMs },
    pause: { kind: 'pause', fromMs, untilMs, scrapesAtOnce: random.chance(0.5) },
    cut: { kind: 'cut', fromMs, untilMs },
    // Some never had it.
    'lost-target': { kind: 'lost-target', fromMs: random.int(-60_000, fromMs), untilMs: Infinity, target },
    'missing-target': { kind: 'missing-target', fromMs: 0, untilMs: Infinity, target },
    'slow-link': { kind: 'slow-link', fromMs: Math.round(fromMs / 4), untilMs: Infinity, factor: 2.5 },
  };
  if (scenario === 'mixed')
    return random.chance(0.6) ? [fault[random.pick<Fault['kind']>(['crash', 'pause', 'cut', 'lost-target'])]] : [];
  if (scenario === 'partial') return index === 0 ? missingTargets(random, targets) : [];
  if (scenario === 'flaky-target') return flakyTargets(random, durationMs, { index, targets });
  return index === 0 ? KINDS[scenario].map((kind) => fault[kind]) : [];
}

/** All targets but the first one, from the beginning or from a little later on. */
function missingTargets(random: Random, targets: readonly Target[]): readonly Fault[] {
  const fromMs = random.pick([0, 0, 20_000]);
  return targets.slice(1).map(({ name: target }) => ({ kind: 'missing-target', fromMs, untilMs: Infinity, target }));
}

/** Targets that are lost and found again: mostly by the replica that is elected first, at times by others as well. */
function flakyTargets(
  random: Random,
  durationMs: number,
  { index, targets }: { readonly index: number; readonly targets: readonly Target[] },
): readonly Fault[] {
  const faults: Fault[] = [];
  if (index > 0 && random.chance(0.6)) return faults;
  for (const { name, intervalMs } of targets) {
    for (let at = random.int(20_000, 150_000); at < durationMs; at += random.int(60_000, 200_000)) {
      // One scrape, a few, or many.
      const fromMs = at;
      at += random.pick([intervalMs, 3 * intervalMs, random.int(1000, 120_000)]);
      faults.push({ kind: 'lost-target', fromMs, untilMs: at, target: name });
    }
  }
  if (index === 0 && random.chance(0.4)) faults.push({ kind: 'crash', fromMs: durationMs - 90_000, untilMs: Infinity });
  return faults;
}

/** The replicas of a cluster that goes twice, for longer than it is known or not; who is last to go is last to come back. */
function visitors(random: Random, { durationMs }: Plan, replicas: readonly Replica[]): readonly Replica[] {
  const goesAtMs = [random.int(30, 120) * 1000, random.int(durationMs / 2_000, durationMs / 2_000 + 90) * 1000];
  const away = goesAtMs.map((fromMs): Stretch => ({ fromMs, untilMs: fromMs + random.int(60, 280) * 1000 }));
  return replicas.map((replica, index) => {
    const laterMs = index * random.pick([0, 2000, 40_000]);
    const faults = away.map(({ fromMs, untilMs }): Fault => {
      return { kind: 'crash', fromMs: fromMs + laterMs, untilMs: untilMs + laterMs };
    });
    return { ...replica, faults };
  });
}

/** What happens to the replica that is elected first. */
const KINDS: Readonly<Record<Exclude<Scenario, 'mixed' | 'flaky-target' | 'partial'>, readonly Fault['kind'][]>> = {
  calm: [],
  outage: [],
  crash: ['crash'],
  'crash-skewed': ['crash'],
  restart: ['crash'],
  pause: ['pause'],
  cut: ['cut'],
  slow: ['crash'],
  'lost-target': ['lost-target', 'crash'],
  lagging: ['slow-link'],
  'clock-ahead': [],
  'out-of-order': ['crash'],
  visiting: [],
};
