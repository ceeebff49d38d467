import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { topicName } from '@tandem/stream';
import { delay, until } from '@tandem/testing';

import { allEnded, takeAll, withEnd } from '../ending.ts';
import { type Contents, readContents } from '../audit/contents.ts';
import { auditFill } from '../audit/audit-fill.ts';
import { Scraper } from '../load/scraper.ts';
import { type Random } from '../random.ts';
import { type Backend, type BackendSource, PARTITIONS } from '../stage/backend.ts';
import { dedupStatus, Fleet } from '../stage/fleet.ts';
import { Receiver } from '../stage/receiver.ts';

const CLUSTER = 'filled';
const TARGETS = ['t0', 't1', 't2'];
const CALM_MS = 4000;
const LONGEST_LIFE_MS = 3000;
const MOST_KILLS = 6;
const TIMEOUT_MS = 90_000;

/** What a run of fills has come to. */
export interface FillVerdict {
  /** What should not be; nothing where all is well. */
  readonly findings: readonly string[];
  /** Samples that were filled. */
  readonly filled: number;
  /** `epoch replica reason`, in order. */
  readonly elections: readonly string[];
}

/**
 * The elected replica loses two of three targets: they are filled, and when that has lasted it is succeeded by the one that
 * has them. All the while dedup is killed again and again.
 *
 * @param disturb something else that happens at each kill
 */
export async function fillAmidKills(
  source: BackendSource,
  random: Random,
  disturb: () => Promise<unknown> = () => Promise.resolve(),
): Promise<FillVerdict> {
  const outputDir = join(tmpdir(), `tandem-chaos-${source.name}-fills-${random.between(0, 999_999)}`);
  mkdirSync(outputDir);
  const backend = await source.open();
  const ends: (() => unknown)[] = [() => backend.remove(), () => rmSync(outputDir, { recursive: true, force: true })];
  const work = async (): Promise<FillVerdict> => {
    const receiver = await new Receiver(random.fork()).start();
    ends.unshift(() => receiver.stop());
    const config = backend.config + configOf(receiver);
    const fleet = await Fleet.launch({ config, dir: backend.dir }, outputDir, { ingest: 1, dedup: 1, forward: 1 });
    ends.unshift(() => fleet.stop());
    const scrapers = await play(fleet, random, disturb);
    const contents = await settled(backend);
    return auditFill(contents, { cluster: CLUSTER, targets: TARGETS, scrapers });
  };
  return withEnd(work, () => takeAll(ends));
}

async function play(fleet: Fleet, random: Random, disturb: () => Promise<unknown>): Promise<readonly Scraper[]> {
  const { url } = fleet.first('ingest');
  const common = { cluster: CLUSTER, targets: TARGETS, url };
  const a = new Scraper({ ...common, replica: 'a', phaseMs: 0 });
  const b = new Scraper({ ...common, replica: 'b', phaseMs: 500 });
  try {
    await fillAndHandOver(fleet, { random, disturb, scrapers: { a, b } });
    await Promise.all([a.stop(), b.stop()]);
  } finally {
    // Where ingest is gone, what is under way would be sent again for ever.
    await Promise.all([a.abandon(), b.abandon()]);
  }
  return [a, b];
}

async function fillAndHandOver(
  fleet: Fleet,
  {
    random,
    disturb,
    scrapers: { a, b },
  }: {
    readonly random: Random;
    readonly disturb: () => Promise<unknown>;
    readonly scrapers: Readonly<Record<'a' | 'b', Scraper>>;
  },
): Promise<void> {
  a.start();
  await untilElected(fleet, 'a');
  b.start();
  await delay(CALM_MS);
  a.lose('t1', 't2');
  const end = { isNear: false };
  const handover = untilElected(fleet, 'b').finally(() => {
    end.isNear = true;
  });
  await allEnded([handover, killUntil(fleet, random, { end, disturb })]);
  a.find();
  await delay(CALM_MS);
}

async function killUntil(
  fleet: Fleet,
  random: Random,
  { end, disturb }: { readonly end: { readonly isNear: boolean }; readonly disturb: () => Promise<unknown> },
): Promise<void> {
  const dedup = fleet.first('dedup');
  let kills = 0;
  do {
    await delay(random.between(0, LONGEST_LIFE_MS));
    await dedup.kill();
    await disturb();
    dedup.start();
    await dedup.ready();
    kills += 1;
    // On a busy machine a short life may get nothing done: from here on it is left alone to come to the handover.
  } while (!end.isNear && kills < MOST_KILLS);
}

/** Waits until dedup says that a replica is elected. */
async function untilElected(fleet: Fleet, replica: string): Promise<void> {
  await until(
    async () => {
      const { clusters } = await dedupStatus(fleet.first('dedup'));
      return clusters.some(({ cluster, elected }) => cluster === CLUSTER && elected?.replica === replica);
    },
    { what: `replica ${replica} elected`, timeoutMs: TIMEOUT_MS, intervalMs: 100 },
  );
}

/** Everything there is, when dedup has processed all of it. */
async function settled(backend: Backend): Promise<Contents> {
  const log = await backend.openLog();
  try {
    const topic = topicName(backend.prefix, 'samples');
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const { end } = await log.bounds(topic, partition);
      const isDone = async (): Promise<boolean> =>
        ((await log.committed(`${backend.prefix}dedup`, topic, partition)) ?? 0) >= end;
      await until(isDone, {
        what: `dedup at the end of partition ${partition}`,
        timeoutMs: TIMEOUT_MS,
        intervalMs: 100,
      });
    }
    return await readContents(log, backend.prefix);
  } finally {
    await log.close();
  }
}

/** Handovers after one evaluation; a replica is silent while its dedup is, so the failover timeout does not matter. */
function configOf({ writeUrl }: Receiver): string {
  return `
dedup: { handover_after: 15s }
forward:
  targets: [{ name: receiver, url: "${writeUrl}" }]
`;
}
