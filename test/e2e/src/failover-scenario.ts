import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PrometheusPeer, until } from '@tandem/testing';

import { ALIKE, compare, countOf, type Samples, scrapeTimes, seamFaults, type Span, within } from './samples.ts';
import { launchReplica, type PairOptions } from './replica-pair.ts';
import { scrapedSamples, storedLabels, storedSamples } from './query.ts';
import { FAILOVER_TIMEOUT_MS, type Stage, untilDelivered } from './stage.ts';
import { clusterStatus, metric } from './tandem-api.ts';

/** How long each phase is watched, ms of sample time. */
const WATCHED_MS = 3000;
/** Widest distance of two samples of a series: one and a half scrape intervals, and what scrapes are late by. */
const SPACING_MS = 1500 + 150;
const TEST_TIMEOUT_MS = 90_000;

/** A kind of pair; the stage says where it writes. */
interface Scenario extends Omit<PairOptions, 'exporterPort' | 'writeUrl'> {
  readonly title: string;
}

/** What is to be in both targets. */
interface Expectation extends Span {
  readonly replica: PrometheusPeer;
}

/**
 * The life of a pair of real Prometheus servers before a running pipeline, as tests: one copy of both, the failover,
 * the return of the one that was killed.
 */
// eslint-disable-next-line jest/no-export -- a suite is a library of tests
export function describeFailover(scenario: Scenario, stage: () => Stage): void {
  const { title, cluster } = scenario;
  describe(`${title}:`, () => {
    let a: PrometheusPeer;
    let b: PrometheusPeer;
    /** When the pair was complete, and where the copy changes from one replica to the other; sample time. */
    let completeMs = 0;
    let lastOfAMs = 0;
    let firstOfBMs = 0;
    const status = () => clusterStatus(stage().dedup.url, cluster);

    const expectOneCopyOf = async ({ replica, fromMs, toMs }: Expectation): Promise<void> => {
      const { store, recorder } = stage();
      const expected = within(await scrapedSamples(replica.url), { fromMs, toMs });
      expect(countOf(expected)).toBeGreaterThan(100);
      expect(compare(within(recorder.samples(cluster), { fromMs, toMs }), expected)).toEqual(ALIKE);
      const stored = within(await storedSamples(store.url, cluster), { fromMs, toMs });
      expect(compare(stored, expected, sameInVictoriaMetrics)).toEqual(ALIKE);
    };

    beforeAll(async () => {
      const { exporter, ingest } = stage();
      const pair = { ...scenario, exporterPort: exporter.port, writeUrl: `${ingest.url}/api/v1/write` };
      a = await launchReplica('a', pair);
      await until(async () => (await status())?.elected?.replica === 'a', { what: 'replica a elected' });
      b = await launchReplica('b', pair);
      await until(async () => (await status())?.replicas.some(({ replica }) => replica === 'b'), {
        what: 'replica b heard',
      });
      completeMs = Date.now();
    }, TEST_TIMEOUT_MS);
    afterAll(async () => {
      await Promise.all([a.stop(), b.stop()]);
    }, TEST_TIMEOUT_MS);

    test(
      'every sample of the elected replica is in the store once, and none of the other one',
      async () => {
        const { ingest } = stage();
        const protocol = scenario.protobufMessage === undefined ? 'v1' : 'v2';
        const samplesBefore = await metric(ingest.url, 'tandem_ingest_samples_total', { protocol });
        await untilDelivered(stage(), cluster, completeMs + WATCHED_MS);
        expect(await metric(ingest.url, 'tandem_ingest_samples_total', { protocol })).toBeGreaterThan(samplesBefore);
        const toMs = completeMs + WATCHED_MS;
        await expectOneCopyOf({ replica: a, fromMs: completeMs, toMs });
        expectSubset(stage().recorder.samples(cluster), await scrapedSamples(a.url), { fromMs: 0, toMs });
        expect(await metric(stage().dedup.url, 'tandem_dedup_deduped_samples_total', { cluster })).toBeGreaterThan(0);
      },
      TEST_TIMEOUT_MS,
    );

    test(
      'every series of the scrape is in the store, none with the replica label',
      async () => {
        const stored = await storedSamples(stage().store.url, cluster);
        const expected = within(await scrapedSamples(a.url), { fromMs: completeMs, toMs: completeMs + WATCHED_MS });
        expect([...stored.keys()]).toEqual(expect.arrayContaining([...expected.keys()]));
        const scraped = [...stored.keys()].filter((series) => !/"__name__":"(up|scrape_\w+)"/.test(series));
        const [, told] = [...stored].find(([series]) => series.includes('scrape_samples_scraped')) ?? [];
        expect(scraped).toHaveLength(told?.at(-1)?.value ?? -1);
        expect(await storedLabels(stage().store.url)).not.toContain('__replica__');
        expect(stage().recorder.labels).not.toContain('__replica__');
        // Forward speaks 1.0, whatever came in.
        expect(stage().recorder.protocols).toEqual(['application/x-protobuf 0.1.0']);
      },
      TEST_TIMEOUT_MS,
    );

    test(
      'the elected replica is killed: the other one takes over after the failover timeout, and not before',
      async () => {
        await a.process.kill();
        await until(async () => (await status())?.elected?.replica === 'b', {
          what: 'replica b elected',
          timeoutMs: 30_000,
        });
        const after = await status();
        expect(after?.epoch).toBe(2);
        const heardA = after?.replicas.find(({ replica }) => replica === 'a')?.lastRecordMs ?? Infinity;
        const electedMs = after?.elected?.sinceMs ?? 0;
        expect(electedMs - heardA).toBeGreaterThanOrEqual(FAILOVER_TIMEOUT_MS);

        const toMs = electedMs + WATCHED_MS;
        await untilDelivered(stage(), cluster, toMs);
        const ofB = new Set(scrapeTimes(await scrapedSamples(b.url)));
        const delivered = scrapeTimes(stage().recorder.samples(cluster));
        firstOfBMs = Math.min(...delivered.filter((time) => ofB.has(time)));
        lastOfAMs = Math.max(...delivered.filter((time) => !ofB.has(time)));
        await expectOneCopyOf({ replica: b, fromMs: firstOfBMs + SPACING_MS, toMs });
      },
      TEST_TIMEOUT_MS,
    );

    test(
      'no scrape is missing where the copy changes, and no counter falls',
      async () => {
        const { store, recorder, dedup } = stage();
        const span = { fromMs: completeMs, toMs: firstOfBMs + WATCHED_MS };
        expect(firstOfBMs - lastOfAMs).toBeGreaterThan(0);
        expect(firstOfBMs - lastOfAMs).toBeLessThanOrEqual(SPACING_MS);
        // What the killed one scraped cannot be asked any more; the other one scraped all the time.
        const bounds = { spacingMs: SPACING_MS, replicas: [within(await scrapedSamples(b.url), span)] };
        expect(seamFaults(within(recorder.samples(cluster), span), bounds)).toEqual([]);
        expect(seamFaults(within(await storedSamples(store.url, cluster), span), bounds)).toEqual([]);
        expect(await metric(dedup.url, 'tandem_dedup_caught_up_samples_total', {})).toBeGreaterThan(0);
      },
      TEST_TIMEOUT_MS,
    );

    test(
      'the killed replica comes back: it stays dropped',
      async () => {
        const restartMs = Date.now();
        await a.process.start();
        await until(
          async () =>
            (await status())?.replicas.some(({ replica, lastRecordMs }) => replica === 'a' && lastRecordMs > restartMs),
          { what: 'replica a heard again', timeoutMs: 30_000 },
        );
        const toMs = Date.now() + WATCHED_MS;
        await untilDelivered(stage(), cluster, toMs);
        const after = await status();
        expect(after?.elected?.replica).toBe('b');
        expect(after?.epoch).toBe(2);
        await expectOneCopyOf({ replica: b, fromMs: firstOfBMs + SPACING_MS, toMs });
        const beforeMs = lastOfAMs - SPACING_MS;
        expectSubset(stage().recorder.samples(cluster), await scrapedSamples(a.url), { fromMs: 0, toMs: beforeMs });
        expect(stage().recorder.disorder).toEqual([]);
      },
      TEST_TIMEOUT_MS,
    );

    test(
      'the elected replica is paused and goes on: the other one fills the pause, what it held back changes nothing',
      async () => {
        const fromMs = Date.now();
        b.process.pause();
        await until(async () => (await status())?.elected?.replica === 'a', {
          what: 'replica a elected',
          timeoutMs: 30_000,
        });
        const electedMs = (await status())?.elected?.sinceMs ?? 0;
        b.process.resume();
        await until(
          async () =>
            (await status())?.replicas.some(({ replica, lastRecordMs }) => replica === 'b' && lastRecordMs > electedMs),
          { what: 'replica b heard again', timeoutMs: 30_000 },
        );
        const toMs = Date.now() + WATCHED_MS;
        await untilDelivered(stage(), cluster, toMs);
        const after = await status();
        expect(after).toMatchObject({ epoch: 3, elected: { replica: 'a' } });
        const span = { fromMs: fromMs - WATCHED_MS, toMs };
        const { store, recorder } = stage();
        const bounds = { spacingMs: SPACING_MS, replicas: [within(await scrapedSamples(a.url), span)] };
        expect(seamFaults(within(recorder.samples(cluster), span), bounds)).toEqual([]);
        expect(seamFaults(within(await storedSamples(store.url, cluster), span), bounds)).toEqual([]);
        expect(recorder.disorder).toEqual([]);
      },
      TEST_TIMEOUT_MS,
    );
  });
}

/** Whatever arrived in a span is the replica's own; it may have more (what it had not sent when it was killed). */
function expectSubset(arrived: Samples, own: Samples, span: Span): void {
  const { unexpected, otherValue, twice } = compare(within(arrived, span), own);
  expect({ unexpected, otherValue, twice }).toEqual({ unexpected: [], otherValue: [], twice: [] });
}

/** VictoriaMetrics keeps decimals: what has more than twelve digits comes back rounded. Others are the same bits. */
function sameInVictoriaMetrics(stored: number, original: number): boolean {
  if (Object.is(stored, original)) return true;
  const rounded = Number(original.toPrecision(12));
  return rounded !== original && Math.abs(stored - original) <= Math.abs(original) * 1e-11;
}
