import { clusterKey } from '@tandem/records';
import { partitionOf } from '@tandem/stream';

import { clusterOf, forgetAfterOf, outagesOf, SCENARIOS, type Plan } from '../make-world.ts';
import { type Random } from '../random.ts';
import { TENANT, type Cluster, type World } from '../world.ts';

/** An instance of ingest: it splits requests into shards, and tells once a second what it has appended. */
export interface IngestInstance {
  /** When in a second it tells, ms. */
  readonly phaseMs: number;
  /** How long a heartbeat takes to the log, at most, ms. */
  readonly maxDelayMs: number;
  /** How likely a heartbeat cannot be appended, and is told with the next one. */
  readonly failures: number;
  /** How likely it is in the log though it seems to have failed, and is told again as it was. */
  readonly repeats: number;
  /** When it is killed, ms since the world began: what it has not told is never told. */
  readonly killedAtMs: readonly number[];
}

/** A world in which clusters are spread over the partitions. */
export interface SpreadWorld extends World {
  readonly ingests: readonly IngestInstance[];
}

/** Makes the world of a seed. */
export function makeSpreadWorld(seed: number, random: Random): SpreadWorld {
  const drawn = random.pick(SCENARIOS);
  const isVisiting = seed % 20 === 7;
  const scenario = isVisiting ? 'visiting' : drawn;
  const durationMs = random.int(240, 400) * 1000 + (isVisiting ? 500_000 : 0);
  const partitions = random.int(1, 4);
  const plan: Plan = { scenario, durationMs };
  const clusters = Array.from({ length: random.int(1, 2) }, (_, i) =>
    spreadOver(clusterOf(random.fork(), plan, { name: `s${i}`, partition: 0 }), random.pick([2, 4, 8]), partitions),
  );
  if (random.chance(0.4)) clusters.push(clusterOf(random.fork(), plan, { name: 'c0', partition: partitions - 1 }));
  const outages = scenario === 'outage' || (scenario === 'mixed' && random.chance(0.5)) ? outagesOf(random, plan) : [];
  const drawnMs = random.pick([1_800_000, 1_800_000, 100_000, 45_000]);
  const idleTimeoutMs = isVisiting ? 45_000 : drawnMs;
  const ingests = Array.from({ length: random.int(1, 3) }, () => ingestOf(random.fork(), plan));
  const forgetAfterMs = forgetAfterOf(idleTimeoutMs);
  return { seed, scenario, durationMs, partitions, clusters, outages, idleTimeoutMs, forgetAfterMs, ingests };
}

/** Its elections are in the partition of its name, whatever its shards' are. */
function spreadOver(cluster: Cluster, shards: number, partitions: number): Cluster {
  return { ...cluster, shards, partition: partitionOf(clusterKey(TENANT, cluster.name ?? ''), partitions) };
}

function ingestOf(random: Random, { scenario, durationMs }: Plan): IngestInstance {
  const isWell = scenario === 'calm' || scenario === 'outage' || random.chance(0.4);
  return {
    phaseMs: random.int(0, 999),
    maxDelayMs: isWell ? 50 : random.pick([200, 3000]),
    failures: isWell ? 0 : random.pick([0, 0.1]),
    repeats: isWell ? 0 : random.pick([0, 0.05]),
    killedAtMs: isWell ? [] : Array.from({ length: random.int(0, 5) }, () => random.int(10_000, durationMs)),
  };
}
