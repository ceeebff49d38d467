import { handoversBeside } from './check-handovers.ts';
import { named } from './check-samples.ts';
import { type Findings } from './findings.ts';
import { keyTextOf, type Out } from './output.ts';
import { keyOf, type Entry } from './records.ts';
import { reignsOf, type Reign } from './reigns.ts';
import { type Simulation } from './simulation.ts';
import { type Cluster, type Replica, type World } from './world.ts';

/** Lines of a trace; longer ones are cut in their middle. */
const MAX_EVENTS = 400;

/**
 * A run in words: its world, which invariants do not hold, and, of the clusters they do not hold for, what reached the
 * log in order and what came of each record. Times are seconds since the world began.
 */
export function traceOf(simulation: Simulation): string {
  const { world, findings, consumer } = simulation;
  const lines = [...worldLines(world), `  consumer ${JSON.stringify(consumer)}`, ...findings.lines()];
  const concerned = new Set(findings.violations.map(({ cluster }) => cluster));
  for (const cluster of world.clusters) {
    const key = keyTextOf(keyOf(cluster));
    if (concerned.has(key)) lines.push(`events of ${key}:`, ...eventLines(eventsOf(simulation, cluster), findings));
  }
  return lines.join('\n');
}

/** A world in words. */
export function worldLines(world: World): readonly string[] {
  return [
    `seed ${world.seed}: ${world.scenario}, ${world.durationMs / 1000} s, ${world.partitions} partitions, idle timeout ${world.idleTimeoutMs / 1000} s, forgotten after ${world.forgetAfterMs / 1000} s`,
    ...world.outages.map(({ fromMs, untilMs }) => `  ingest is away ${fromMs / 1000}–${untilMs / 1000}`),
    ...world.clusters.flatMap(clusterLines),
  ];
}

function clusterLines({ name, partition, shards, targets, replicas }: Cluster): readonly string[] {
  const scraped = targets.map((target) => {
    const series = target.series.map((truth) => truth.name).join(' ');
    return `${target.name} (every ${target.intervalMs / 1000} s: ${series})`;
  });
  const place = shards === undefined ? `in partition ${partition}` : `in ${shards} shards, elected in ${partition}`;
  return [`  ${name ?? 'no pair'} ${place}: ${scraped.join(', ')}`, ...replicas.map(replicaLine)];
}

function replicaLine({ name, phases, faults, ...settings }: Replica): string {
  const happens = faults.map(({ kind, fromMs, untilMs, ...more }) =>
    [kind, `${fromMs / 1000}–${untilMs / 1000}`, ...Object.values(more).map(String)].join(' '),
  );
  const told = Object.entries(settings).map(([setting, value]) => `${setting} ${String(value)}`);
  return `    ${name}: ${told.join(', ')}, phases ${[...phases.values()].join(' ')}; ${happens.join(', ') || 'nothing happens'}`;
}

/** What happened to a key. */
export interface KeyEvents {
  readonly key: string;
  readonly entries: readonly Entry[];
  readonly reigns: readonly Reign[];
  readonly outs: readonly Out[];
}

function eventsOf({ world, history, output }: Simulation, cluster: Cluster): KeyEvents {
  const key = keyTextOf(keyOf(cluster));
  const entries = history.filter((entry) => entry.cluster === cluster);
  const handovers = handoversBeside(cluster, world, output);
  const { reigns } = cluster.name === undefined ? { reigns: [] } : reignsOf(history, cluster, { ...world, handovers });
  return { key, entries, reigns, outs: output.samples.get(key) ?? [] };
}

/** Records one by one, in the time around what is wrong. */
export function eventLines({ key, entries, reigns, outs }: KeyEvents, findings: Findings): readonly string[] {
  const concerned = findings.violations
    .filter((violation) => violation.cluster === key)
    .flatMap(({ detail }) => detail.match(/\w+\{[^}]*\}/g) ?? []);
  const series = new Set(concerned);
  const wanted = (name: string): boolean => series.size === 0 || series.has(name);
  const lines = entries.flatMap((entry) => entryLines(entry, { reigns, outs, wanted }));
  const surplus = lines.length - MAX_EVENTS;
  if (surplus <= 0) return lines;
  // Around the seams is where it happens.
  const at = lines.findIndex((line) => line.includes('is elected with epoch 2'));
  const from = Math.max(0, Math.min(at - MAX_EVENTS / 2, surplus));
  return [`  … ${from} lines`, ...lines.slice(from, from + MAX_EVENTS), `  … ${surplus - from} lines`];
}

interface Telling {
  readonly reigns: readonly Reign[];
  readonly outs: readonly Out[];
  readonly wanted: (series: string) => boolean;
}

function entryLines(entry: Entry, { reigns, outs, wanted }: Telling): readonly string[] {
  const { offset, atMs, replica, shard, attempt } = entry;
  const samples = entry.samples.filter(({ series }) => wanted(series));
  const came = outs.filter((out) => out.sourceOffset === offset && wanted(out.series));
  const elected = reigns.filter((reign) => reign.offset === offset);
  if (samples.length + came.length + elected.length === 0) return [];
  const head = `  ${offset} at ${atMs / 1000} ${replica.name}/${shard}${attempt > 1 ? ` again (${attempt})` : ''}`;
  return [
    ...elected.map(({ epoch }) => `${head}: ${replica.name} is elected with epoch ${epoch}`),
    `${head}: ${samples.map((sample) => `${named(sample)}=${valueText(sample)}`).join(' ')}`,
    ...(came.length === 0 ? [] : [`      out in epoch ${came[0]?.epoch ?? 0}: ${came.map(outText).join(' ')}`]),
  ];
}

function outText(out: Out): string {
  return `${named(out)}${out.stale ? '=stale' : ''}`;
}

function valueText({ value, stale }: { readonly value: number; readonly stale: boolean }): string {
  return stale ? 'stale' : String(Math.round(value * 100) / 100);
}
