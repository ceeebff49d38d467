import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  launchTandem,
  launchVictoriaMetrics,
  type PrometheusPeer,
  type TandemPeer,
  until,
  type VictoriaMetricsPeer,
} from '@tandem/testing';

import { type FillCluster, type FillPairOptions, launchFillReplica } from './fill-pair.ts';
import { GuardedTarget, READERS } from './guarded-target.ts';
import { scrapedSamples, storedSamples } from './query.ts';
import { Recorder } from './recorder.ts';
import { ALIKE, compare, type Sample, type Samples, seamFaults, type Span, within } from './samples.ts';
import { clusterStatus, metric } from './tandem-api.ts';

/** Filled, its `up` the elected replica's; filled, its `up` of any; not filled. */
const FILLED = 'filled';
const FILLED_ANY = 'filled-any';
const UNFILLED = 'unfilled';
const CLUSTERS: readonly FillCluster[] = [
  { cluster: FILLED, tenant: 'one' },
  { cluster: FILLED_ANY, tenant: 'one' },
  { cluster: UNFILLED, tenant: 'two' },
];
/** Where the sender cannot name a tenant, all are the default one's. */
const DEFAULT_TENANT = 'anonymous';
/** The job of the target that is refused. */
const JOB = 'guarded';
/** How long each phase is watched, and the target is refused, ms of sample time. */
const WATCHED_MS = 3000;
const REFUSED_MS = 5000;
/** Widest distance of two samples of a series: one and a half scrape intervals, and what scrapes are late by. */
const SPACING_MS = 1500 + 150;
/** A fill stays open for two intervals and ten seconds; shards, and a busy machine. */
const CLOSED_AFTER_MS = 40_000;
const TEST_TIMEOUT_MS = 90_000;

/** A kind of pair. */
interface FillScenario extends Pick<FillPairOptions, 'packaged' | 'protobufMessage'> {
  readonly title: string;
  /** Whether it sends the header of the tenant: Prometheus 2 of the distribution leaves `headers` of remote write out. */
  readonly namesTenants: boolean;
}

/** What is there: two targets, a pair that scrapes them, Tandem, a store and a recorder behind it. */
interface Stage {
  readonly well: GuardedTarget;
  readonly guarded: GuardedTarget;
  readonly store: VictoriaMetricsPeer;
  readonly recorder: Recorder;
  readonly tandem: TandemPeer;
  readonly a: PrometheusPeer;
  readonly b: PrometheusPeer;
}

/** A target that only the elected replica cannot scrape, before a real pair and a real store, as tests. */
// eslint-disable-next-line jest/no-export -- a suite is a library of tests
export function describeFill(scenario: FillScenario): void {
  describe(`${scenario.title}:`, () => {
    let stage: Stage;
    /** When the pair was complete; the target refused the elected replica, and served it again. Unix ms. */
    let completeMs = 0;
    let refusedMs = 0;
    let servedMs = 0;
    const span = (): Span => ({ fromMs: completeMs, toMs: servedMs + WATCHED_MS });
    const copy = (cluster: string, more = span()): Samples => within(ofTarget(stage.recorder.samples(cluster)), more);
    const readerOf = (cluster: string, more: Span): readonly number[] =>
      valuesOf(within(stage.recorder.samples(cluster), more), { __name__: 'reader' });

    beforeAll(async () => {
      stage = await launchStage(scenario);
      completeMs = Date.now();
      await untilArrived(stage, completeMs + WATCHED_MS, [FILLED, FILLED_ANY, UNFILLED]);
    }, TEST_TIMEOUT_MS);
    afterAll(() => stopStage(stage), TEST_TIMEOUT_MS);

    test(
      'while the target refuses the elected replica, the standby’s samples go on, and who is elected stays',
      async () => {
        refusedMs = Date.now();
        stage.guarded.refuse('a');
        await untilArrived(stage, refusedMs + REFUSED_MS, [FILLED, FILLED_ANY]);
        const { url } = stage.tandem;
        for (const cluster of [FILLED, FILLED_ANY]) {
          const status = await clusterStatus(url, cluster);
          expect(status).toMatchObject({ epoch: 1, elected: { replica: 'a' }, fill: { standby: 'b', targets: 1 } });
        }
        expect(await clusterStatus(url, UNFILLED)).not.toHaveProperty('fill');
        expect(await metric(url, 'tandem_dedup_filled_samples_total')).toBeGreaterThan(0);
      },
      TEST_TIMEOUT_MS,
    );

    test(
      'when the target serves it again, it is handed back, and the fill ends',
      async () => {
        servedMs = Date.now();
        stage.guarded.serve();
        const { url } = stage.tandem;
        const isOpen = async (cluster: string): Promise<boolean> =>
          (await clusterStatus(url, cluster))?.fill !== undefined;
        await until(async () => !(await isOpen(FILLED)) && !(await isOpen(FILLED_ANY)), {
          what: 'the fills to end',
          timeoutMs: CLOSED_AFTER_MS,
          intervalMs: 200,
        });
        await untilArrived(stage, Date.now() + WATCHED_MS, [FILLED, FILLED_ANY, UNFILLED]);
        for (const cluster of [FILLED, FILLED_ANY]) {
          const during = { fromMs: refusedMs + SPACING_MS, toMs: servedMs };
          expect(new Set(readerOf(cluster, during))).toEqual(new Set([READERS['b']]));
          const after = { fromMs: servedMs + 2 * SPACING_MS, toMs: Infinity };
          expect(new Set(readerOf(cluster, after))).toEqual(new Set([READERS['a']]));
        }
      },
      TEST_TIMEOUT_MS,
    );

    test(
      'no interval is missing and none is there twice, each sample is one of the replicas’, no counter falls, nothing ends',
      async () => {
        const { a, b, store, recorder } = stage;
        const [ofA, ofB] = [await scrapedSamples(a.url, JOB), await scrapedSamples(b.url, JOB)];
        for (const cluster of [FILLED, FILLED_ANY]) {
          const bounds = { spacingMs: SPACING_MS, replicas: [within(ofTarget(ofB), span())] };
          expect(seamFaults(copy(cluster), bounds)).toEqual([]);
          const stored = within(ofTarget(await storedSamples(store.url, cluster)), span());
          expect(seamFaults(stored, bounds)).toEqual([]);
          const { unexpected, otherValue, twice } = compare(copy(cluster), both(ofA, ofB));
          expect({ unexpected, otherValue, twice }).toEqual({ unexpected: [], otherValue: [], twice: [] });
          expect(markersOf(recorder, cluster)).toEqual([]);
        }
        expect(recorder.disorder).toEqual([]);
        // The other target is the elected replica's all the time.
        const ofWell = (samples: Samples): Samples => within(ofTarget(samples, 'well'), span());
        const scraped = ofWell(await scrapedSamples(a.url, 'well'));
        expect(compare(ofWell(recorder.samples(FILLED)), scraped)).toEqual(ALIKE);
      },
      TEST_TIMEOUT_MS,
    );

    test(
      'up is the elected replica’s, 0 while it is refused; with fill_up: any it is 1 but for once',
      async () => {
        const isUp = { __name__: 'up', job: JOB };
        const upOf = (samples: Samples): readonly number[] => valuesOf(within(samples, span()), isUp);
        expect(upOf(stage.recorder.samples(FILLED))).toEqual(upOf(await scrapedSamples(stage.a.url, JOB)));
        expect(upOf(stage.recorder.samples(FILLED)).filter((up) => up === 0).length).toBeGreaterThan(1);
        expect(upOf(stage.recorder.samples(FILLED_ANY)).filter((up) => up === 0)).toEqual([0]);
      },
      TEST_TIMEOUT_MS,
    );

    test(
      'where fills are off for the tenant the gap remains, begun by one stale marker of each series',
      async () => {
        const { recorder, a } = stage;
        const samples = copy(UNFILLED);
        expect(compare(samples, within(ofTarget(await scrapedSamples(a.url, JOB)), span()))).toEqual(ALIKE);
        for (const [series, list] of samples) {
          expect(`${series}: ${widestMs(list) >= servedMs - refusedMs}`).toBe(`${series}: true`);
        }
        const markers = markersOf(recorder, UNFILLED);
        expect(markers.map(([series]) => series).toSorted()).toEqual([...samples.keys()].toSorted());
        for (const [, times] of markers) {
          expect(times).toHaveLength(1);
          expect(times[0]).toBeGreaterThan(refusedMs);
          expect(times[0]).toBeLessThan(servedMs);
        }
      },
      TEST_TIMEOUT_MS,
    );

    test(
      'what both replicas cannot scrape ends, with one stale marker of each series, and goes on',
      async () => {
        const { guarded, recorder } = stage;
        guarded.refuse('a', 'b');
        await until(() => [FILLED, FILLED_ANY].every((cluster) => markersOf(recorder, cluster).length > 0), {
          what: 'the series to end',
          timeoutMs: CLOSED_AFTER_MS,
        });
        guarded.serve();
        await untilArrived(stage, Date.now() + WATCHED_MS, [FILLED, FILLED_ANY, UNFILLED]);
        for (const cluster of [FILLED, FILLED_ANY]) {
          const markers = markersOf(recorder, cluster);
          expect(markers.map(([series]) => series).toSorted()).toEqual([...copy(cluster).keys()].toSorted());
          expect(markers.filter(([, times]) => times.length !== 1)).toEqual([]);
        }
        expect(recorder.disorder).toEqual([]);
      },
      TEST_TIMEOUT_MS,
    );
  });
}

async function launchStage({ packaged, protobufMessage, namesTenants }: FillScenario): Promise<Stage> {
  const [well, guarded, recorder] = await Promise.all([
    new GuardedTarget().start(),
    new GuardedTarget().start(),
    new Recorder().start(),
  ]);
  const store = await launchVictoriaMetrics();
  const tandem = await launchTandem({ command: 'up', config: configOf(store, recorder) });
  const pair: FillPairOptions = {
    clusters: namesTenants ? CLUSTERS : CLUSTERS.map(({ cluster }) => ({ cluster })),
    targetPorts: { well: well.port, [JOB]: guarded.port },
    writeUrl: `${tandem.url}/api/v1/write`,
    packaged,
    ...(protobufMessage === undefined ? {} : { protobufMessage }),
  };
  const a = await launchFillReplica('a', pair);
  const everywhere = (what: string, holds: (cluster: string) => Promise<boolean>): Promise<true> =>
    until(async () => (await Promise.all(CLUSTERS.map(({ cluster }) => holds(cluster)))).every(Boolean), { what });
  await everywhere(
    'a elected',
    async (cluster) => (await clusterStatus(tandem.url, cluster))?.elected?.replica === 'a',
  );
  const b = await launchFillReplica('b', pair);
  await everywhere('b heard', async (cluster) =>
    Boolean((await clusterStatus(tandem.url, cluster))?.replicas.some(({ replica }) => replica === 'b')),
  );
  return { well, guarded, store, recorder, tandem, a, b };
}

async function stopStage({ well, guarded, store, recorder, tandem, a, b }: Stage): Promise<void> {
  await Promise.all([a.stop(), b.stop()]);
  await tandem.stop();
  await Promise.all([store.stop(), recorder.stop(), well.stop(), guarded.stop()]);
}

function configOf({ writeUrl }: VictoriaMetricsPeer, recorder: Recorder): string {
  return `
dedup:
  overrides:
    - { tenant: one, cluster: ${FILLED_ANY}, fill_up: any }
    - { tenant: two, fill: false }
    - { tenant: ${DEFAULT_TENANT}, cluster: ${FILLED_ANY}, fill_up: any }
    - { tenant: ${DEFAULT_TENANT}, cluster: ${UNFILLED}, fill: false }
forward:
  targets:
    - { name: victoria, url: "${writeUrl}" }
    - { name: recorder, url: "${recorder.writeUrl}" }
`;
}

/** Waits until the guarded target's samples of these clusters have arrived up to a time at the recorder and in the store. */
async function untilArrived({ store, recorder }: Stage, afterMs: number, clusters: readonly string[]): Promise<void> {
  const isNewer = (samples: Samples): boolean =>
    [...samples].some(
      ([series, list]) => series.includes('"reader"') && series.includes(JOB) && newestMs(list) > afterMs,
    );
  const hasArrived = async (cluster: string): Promise<boolean> =>
    isNewer(recorder.samples(cluster)) && isNewer(await storedSamples(store.url, cluster));
  await until(
    async () => {
      await store.flush();
      return (await Promise.all(clusters.map(hasArrived))).every(Boolean);
    },
    { what: `samples after ${new Date(afterMs).toISOString()}`, timeoutMs: 30_000, intervalMs: 200 },
  );
}

/** What a target shows: the numbers of a scrape are the replica's own. */
function ofTarget(samples: Samples, job = JOB): Samples {
  return new Map([...samples].filter(([series]) => isShown(series, job)));
}

function isShown(series: string, job: string): boolean {
  return series.includes(`"job":"${job}"`) && !/"__name__":"(up|scrape_\w+)"/.test(series);
}

function markersOf(recorder: Recorder, cluster: string): readonly (readonly [string, readonly number[]])[] {
  return [...recorder.markers(cluster)].filter(([series]) => isShown(series, JOB));
}

/** Values of the series of a target that has these labels. */
function valuesOf(samples: Samples, labels: Readonly<Record<string, string>>): readonly number[] {
  const isOne = (series: string): boolean => {
    const own = JSON.parse(series) as Readonly<Record<string, string>>;
    return own['job'] === JOB && Object.entries(labels).every(([name, value]) => own[name] === value);
  };
  return [...samples].filter(([series]) => isOne(series)).flatMap(([, list]) => list.map(({ value }) => value));
}

/** What either replica has scraped. */
function both(ofA: Samples, ofB: Samples): Samples {
  return new Map([...ofA].map(([series, list]) => [series, [...list, ...(ofB.get(series) ?? [])]]));
}

function widestMs(list: readonly Sample[]): number {
  const distances = list.slice(1).map(({ timestampMs }, i) => timestampMs - (list[i]?.timestampMs ?? timestampMs));
  return Math.max(0, ...distances);
}

function newestMs(list: readonly Sample[]): number {
  return list.at(-1)?.timestampMs ?? 0;
}
