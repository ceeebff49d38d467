import { expect, test } from '@jest/globals';
import { type Lease, type LeaseStore, LeaseStoreError } from '@tandem/election';
import { until } from '../launch/until.ts';
import { type LeaseHarness } from './lease-contract-harness.ts';
import {
  claimOf,
  granted,
  type LeaseFixture,
  listed,
  LONG_TTL_MS,
  newCluster,
  verdict,
} from './lease-contract-support.ts';

const TIMEOUT_MS = 60_000;
const BACK_MS = 20_000;

const seen = (leases: readonly Lease[], epoch: number, what: string): Promise<true> =>
  until(() => leases.at(-1)?.epoch === epoch, { what, timeoutMs: BACK_MS });

const back = (store: LeaseStore): Promise<true> =>
  until(() => store.ping().then(() => true), { what: 'the client to come back', timeoutMs: BACK_MS });

/** L9 to L12: what is seen of changes, of outages, and after them. */
// eslint-disable-next-line jest/no-export -- a suite is a library of tests
export function testLeaseWatching(fixture: LeaseFixture, harness: LeaseHarness): void {
  testWatch(fixture);
  if (harness.outage !== undefined) testOutage(fixture, harness, harness.outage);
  if (harness.flush !== undefined) testFlush(fixture, () => harness.flush?.());
}

function testWatch(fixture: LeaseFixture): void {
  test(
    'L9: a watcher hears of what any client changes, in the end as it is',
    async () => {
      const [watching, other] = await fixture.pair();
      const cluster = newCluster();
      const heard: Lease[] = [];
      await watching.watch((lease) => lease.cluster === cluster && heard.push(lease), new AbortController().signal);
      await other.acquire(claimOf(cluster), LONG_TTL_MS);
      await seen(heard, 1, 'the election made by another client');
      await watching.acquire(claimOf(cluster, { epoch: 2, replica: 'b' }), LONG_TTL_MS);
      await seen(heard, 2, 'the election made by the same client');
      const renewed = granted(
        await other.renew(claimOf(cluster, { epoch: 2, replica: 'b', receivedAtMs: 9000 }), LONG_TTL_MS),
      );
      await until(() => heard.at(-1)?.receivedAtMs === 9000, { what: 'the renewal' });
      expect(heard.at(-1)).toEqual(renewed);
      expect(heard.map((lease) => lease.epoch)).toEqual(heard.map((lease) => lease.epoch).sort());
    },
    TIMEOUT_MS,
  );

  test(
    'L9: many watchers hear of many clusters',
    async () => {
      const stores = await fixture.openAll(3);
      const tenant = newCluster();
      const latest = stores.map(() => new Map<string, number>());
      for (const [index, store] of stores.entries()) {
        const note = (lease: Lease) => latest[index]?.set(lease.cluster, lease.epoch);
        await store.watch(note, new AbortController().signal);
      }
      const clusters = Array.from({ length: 20 }, (_, index) => `${tenant}-${index}`);
      const elect = async (cluster: string, index: number) => {
        const store = stores[index % stores.length];
        for (const epoch of [1, 2, 3]) await store?.acquire(claimOf(cluster, { epoch }), LONG_TTL_MS);
      };
      await Promise.all(clusters.map(elect));
      const complete = () => latest.every((map) => clusters.every((cluster) => map.get(cluster) === 3));
      await expect(until(complete, { what: 'the last election of every cluster' })).resolves.toBe(true);
    },
    TIMEOUT_MS,
  );

  test(
    'L9: an aborted watch tells nothing more, and one aborted before it began tells nothing',
    async () => {
      const [watching, other] = await fixture.pair();
      const cluster = newCluster();
      const ended = new AbortController();
      const [late, control]: [Lease[], Lease[]] = [[], []];
      await watching.watch((lease) => late.push(lease), AbortSignal.abort());
      await watching.watch((lease) => late.push(lease), ended.signal);
      await watching.watch((lease) => lease.cluster === cluster && control.push(lease), new AbortController().signal);
      ended.abort();
      await other.acquire(claimOf(cluster), LONG_TTL_MS);
      await seen(control, 1, 'the change, by the watcher that goes on');
      expect(late).toEqual([]);
    },
    TIMEOUT_MS,
  );
}

function testOutage(
  fixture: LeaseFixture,
  { open, answersWithinMs = 5000, outageLosesData = false }: LeaseHarness,
  outage: NonNullable<LeaseHarness['outage']>,
): void {
  test(
    'L10: after an outage a watcher hears of what changed meanwhile, and of what changes then',
    async () => {
      const [watching, other] = await fixture.pair();
      const cluster = newCluster();
      const heard: Lease[] = [];
      await watching.watch((lease) => lease.cluster === cluster && heard.push(lease), new AbortController().signal);
      await other.acquire(claimOf(cluster), LONG_TTL_MS);
      await seen(heard, 1, 'the election before the outage');
      await outage.begin();
      await expect(other.ping()).rejects.toBeInstanceOf(LeaseStoreError);
      await outage.end();
      // Another process reaches the store first; the watcher may still be on its way back.
      const early = await open();
      const first = claimOf(cluster, { epoch: 2 });
      await until(async () => verdict(await early.acquire(first, LONG_TTL_MS)) === 'granted', {
        what: 'the store to take leases again',
        timeoutMs: BACK_MS,
      });
      await early.close();
      await seen(heard, 2, 'the election made during the outage of the watcher');
      await back(other);
      await other.acquire(claimOf(cluster, { epoch: 3 }), LONG_TTL_MS);
      await seen(heard, 3, 'the election after the outage');
    },
    TIMEOUT_MS,
  );

  test(
    'L11: an outage rejects every call within its timeout, and ends by itself',
    async () => {
      const store = await fixture.open();
      const cluster = newCluster();
      await store.acquire(claimOf(cluster), LONG_TTL_MS);
      await outage.begin();
      const began = performance.now();
      const calls = [
        store.acquire(claimOf(cluster, { epoch: 2 }), LONG_TTL_MS),
        store.renew(claimOf(cluster), LONG_TTL_MS),
        store.handOver(claimOf(cluster, { epoch: 2 }), LONG_TTL_MS),
        store.list(),
        store.ping(),
      ];
      const results = await Promise.allSettled(calls);
      expect(performance.now() - began).toBeLessThan(answersWithinMs);
      for (const result of results) {
        expect(result).toMatchObject({ status: 'rejected', reason: expect.any(LeaseStoreError) as unknown });
      }
      await outage.end();
      await back(store);
      // A call that was rejected may have been made: its answer, not its request, was lost.
      expect(outageLosesData ? [undefined] : [1, 2]).toContain((await listed(store, cluster))?.epoch);
    },
    TIMEOUT_MS,
  );
}

function testFlush(fixture: LeaseFixture, flush: () => Promise<void> | undefined): void {
  test(
    'L12: a store that was emptied grants the next acquire',
    async () => {
      const store = await fixture.open();
      const claim = claimOf(newCluster(), { epoch: 7 });
      await store.acquire(claim, LONG_TTL_MS);
      await flush();
      expect(verdict(await store.renew(claim, LONG_TTL_MS))).toBe('missing');
      expect(verdict(await store.acquire(claim, LONG_TTL_MS))).toBe('granted');
      expect(verdict(await store.renew(claim, LONG_TTL_MS))).toBe('granted');
    },
    TIMEOUT_MS,
  );
}
