import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { decideLease, type Lease, type LeaseClaim, type LeaseStore, LeaseStoreError } from '@tandem/election';
import { until } from '../launch/until.ts';
import { type LeaseHarness } from './lease-contract-harness.ts';
import * as support from './lease-contract-support.ts';
import { LEASE_OPERATIONS, LEASE_TABLE } from './lease-contract-table.ts';
import { testLeaseWatching } from './lease-contract-watch.ts';

const { call, claimOf, granted, listed, LONG_TTL_MS, newCluster, randomFrom, SHORT_TTL_MS, verdict } = support;
const TIMEOUT_MS = 60_000;

/**
 * The behaviour every lease store must show: the table and the invariants of LEASE.md, by their numbers. Each test uses
 * clusters of its own, so the store may be shared.
 */
// eslint-disable-next-line jest/no-export -- a suite is a library of tests
export function describeLeaseContract(name: string, harness: LeaseHarness): void {
  const fixture = new support.LeaseFixture(harness);
  describe(`${name} keeps the contract of leases:`, () => {
    beforeAll(async () => harness.start?.(), 2 * TIMEOUT_MS);
    afterEach(() => fixture.closeAll(), TIMEOUT_MS);
    afterAll(() => harness.close(), TIMEOUT_MS);
    describeTable(fixture);
    describeCompareAndSet(fixture, harness);
    describeOwners(fixture, harness);
    describeReading(fixture);
    testLeaseWatching(fixture, harness);
  });
}

function describeTable(fixture: support.LeaseFixture): void {
  test.each(['renew', 'handOver'] as const)('L1: none × %s is missing', async (operation) => {
    const store = await fixture.open();
    expect(await call(store, operation, claimOf(newCluster()))).toEqual({ outcome: 'refused', reason: 'missing' });
  });

  test('L1: none × acquire is granted, and stored', async () => {
    const store = await fixture.open();
    const claim = claimOf(newCluster());
    const lease = granted(await store.acquire(claim, LONG_TTL_MS));
    expect(lease).toEqual({ ...claim, expiresAtMs: lease.expiresAtMs });
    expect(await listed(store, claim.cluster)).toEqual(lease);
  });

  describe.each(['held', 'expired'] as const)('L1: %s ×', (state) => {
    const cells = LEASE_TABLE.flatMap((row) => LEASE_OPERATIONS.map((operation) => ({ ...row, operation })));
    test.each(cells)('$operation of $claim', async ({ operation, parts, ...row }) => {
      const store = await fixture.open();
      const before = await fixture.given(store, state);
      const outcome = await call(store, operation, claimOf(before.cluster, parts));
      expect(verdict(outcome)).toBe(row[state][operation]);
      const after = await listed(store, before.cluster);
      expect(after).toEqual(outcome.outcome === 'granted' ? outcome.lease : before);
      expect(outcome).toMatchObject(outcome.outcome === 'granted' ? { lease: parts } : { current: before });
    });
  });
}

function describeCompareAndSet(fixture: support.LeaseFixture, harness: LeaseHarness): void {
  test('L2: of many concurrent claims to an epoch by different replicas one is granted', async () => {
    const stores = await fixture.openAll(4);
    const reader = await fixture.open();
    const cluster = newCluster();
    for (const epoch of [1, 2, 3, 4, 5]) {
      const claims = Array.from({ length: harness.claims ?? 50 }, (_, index) =>
        claimOf(cluster, { epoch, replica: `replica-${index}`, owner: `owner-${index}` }),
      );
      const ask = async (claim: LeaseClaim, index: number) =>
        stores[index % stores.length]?.acquire(claim, LONG_TTL_MS);
      const outcomes = await Promise.all(claims.map(ask));
      const winners = outcomes.flatMap((each) => (each?.outcome === 'granted' ? [each.lease] : []));
      expect(winners).toHaveLength(1);
      for (const each of outcomes) {
        expect(each).toMatchObject(each?.outcome === 'refused' ? { current: winners[0] } : { lease: winners[0] });
      }
      expect(await listed(reader, cluster)).toEqual(winners[0]);
    }
  });

  test('L3: whatever several clients claim at the same time, the epoch never goes back nor changes its replica', async () => {
    const seed = Date.now() % 1_000_000;
    const random = randomFrom(seed);
    const stores = await fixture.openAll(4);
    const cluster = newCluster();
    const replicas = new Map<number, string>();
    const wanderer = async (owner: string, store: (typeof stores)[number]) => {
      let epoch = 0;
      for (let step = 0; step < 60; step++) {
        const claim = claimOf(cluster, { owner, epoch: random(3) + epoch, replica: `r${random(3)}` });
        const outcome = await call(store, LEASE_OPERATIONS[random(3)] ?? 'acquire', claim);
        const known = outcome.outcome === 'granted' ? outcome.lease : outcome.current;
        if (known === undefined) continue;
        expect({ seed, back: known.epoch < epoch }).toEqual({ seed, back: false });
        expect({ seed, replica: known.replica }).toEqual({ seed, replica: replicas.get(known.epoch) ?? known.replica });
        replicas.set(known.epoch, known.replica);
        epoch = known.epoch;
      }
    };
    await Promise.all(stores.map((store, index) => wanderer(`owner-${index}`, store)));
    expect(replicas.size).toBeGreaterThan(1);
  });

  test('L1: a long random history of one cluster goes as the decision function says', async () => {
    const seed = Date.now() % 1_000_000;
    const random = randomFrom(seed);
    const store = await fixture.open();
    const cluster = newCluster();
    let stored: Lease | undefined;
    for (let step = 0; step < 300; step++) {
      const parts = { epoch: Math.max(0, (stored?.epoch ?? 1) - 1) + random(4), replica: 'ab'[random(2)] ?? 'a' };
      const claim = claimOf(cluster, { ...parts, owner: 'xy'[random(2)] ?? 'x', receivedAtMs: random(10_000) });
      const operation = LEASE_OPERATIONS[random(3)] ?? 'renew';
      const expected = decideLease({ operation, claim, stored, ttlMs: LONG_TTL_MS, nowMs: 0 });
      const outcome = await call(store, operation, claim);
      expect({ seed, step, outcome: withoutExpiry(outcome) }).toEqual({ seed, step, outcome: withoutExpiry(expected) });
      if (expected.outcome === 'granted') stored = expected.lease;
    }
  });
}

function withoutExpiry(outcome: object): unknown {
  const json = JSON.stringify(outcome, (key, value: unknown) => (key === 'expiresAtMs' ? 0 : value));
  return JSON.parse(json) as unknown;
}

function describeOwners(fixture: support.LeaseFixture, harness: LeaseHarness): void {
  test('L4: receivedAtMs never goes back within an election, and starts anew with the next', async () => {
    const store = await fixture.open();
    const cluster = newCluster();
    await store.acquire(claimOf(cluster, { receivedAtMs: 5000 }), LONG_TTL_MS);
    const renewed = granted(await store.renew(claimOf(cluster, { receivedAtMs: 4000 }), LONG_TTL_MS));
    const takenOver = granted(await store.acquire(claimOf(cluster, { receivedAtMs: 3000, owner: 'y' }), LONG_TTL_MS));
    expect([renewed.receivedAtMs, takenOver.receivedAtMs]).toEqual([5000, 5000]);
    const next = claimOf(cluster, { receivedAtMs: 3500, owner: 'y', epoch: 2, replica: 'b' });
    expect(granted(await store.handOver(next, LONG_TTL_MS)).receivedAtMs).toBe(3500);
  });

  test.each(['acquire', 'renew', 'handOver'] as const)(
    'L5: %s expires after its ttl, by the clock of the store',
    async (operation) => {
      const store = await fixture.open();
      const { cluster, epoch } = await fixture.given(store, 'held');
      const before = await harness.now();
      const parts = operation === 'renew' ? { epoch } : { epoch: epoch + 1 };
      const lease = granted(await store[operation](claimOf(cluster, parts), 12_345));
      const after = await harness.now();
      expect(lease.expiresAtMs).toBeGreaterThanOrEqual(before + 12_345);
      expect(lease.expiresAtMs).toBeLessThanOrEqual(after + 12_345);
    },
  );

  test('L6: an owner that slept past its time finds another one, and can neither renew nor hand over', async () => {
    const [sleeper, other] = await fixture.pair();
    const claim = claimOf(newCluster());
    const lease = granted(await sleeper.acquire(claim, SHORT_TTL_MS));
    await fixture.expire(lease);
    expect(await sleeper.renew(claim, LONG_TTL_MS)).toMatchObject({ reason: 'expired', current: lease });
    await other.acquire({ ...claim, owner: 'y' }, LONG_TTL_MS);
    const next = { ...claim, epoch: 2, replica: 'b' };
    expect(verdict(await sleeper.handOver(next, LONG_TTL_MS))).toBe('not-owner');
    expect(verdict(await sleeper.renew(claim, LONG_TTL_MS))).toBe('not-owner');
    expect(verdict(await sleeper.acquire(claim, LONG_TTL_MS))).toBe('granted');
  });

  test('L15: what expired long enough ago is removed, whoever has it, and nothing else', async () => {
    const [store, other] = await fixture.pair();
    const [gone, held] = [await fixture.given(store, 'expired'), await fixture.given(store, 'held')];
    await other.purge(3_600_000);
    expect(await listed(store, gone.cluster)).toEqual(gone);
    expect(await other.purge(0)).toBeGreaterThanOrEqual(1);
    expect([await listed(store, gone.cluster), await listed(store, held.cluster)]).toEqual([undefined, held]);
    const { cluster, epoch } = gone;
    expect(verdict(await store.renew(claimOf(cluster, { epoch }), LONG_TTL_MS))).toBe('missing');
    expect(verdict(await store.acquire(claimOf(cluster, { epoch: 1 }), LONG_TTL_MS))).toBe('granted');
    await expect(store.purge(-1)).rejects.toThrow(RangeError);
  });

  test('L9, L15: a watcher hears of what comes after the newest lease was removed', async () => {
    const [store, other] = await fixture.pair();
    const heard: string[] = [];
    await other.watch(({ cluster }) => heard.push(cluster), new AbortController().signal);
    await fixture.given(store, 'expired');
    await store.purge(0);
    const next = await fixture.given(store, 'held');
    await until(() => heard.includes(next.cluster), { what: 'the watcher to hear of the next lease' });
    expect(heard).toContain(next.cluster);
  });

  test('L14: what is no claim is refused before the store is asked', async () => {
    const store = await fixture.open();
    const cluster = newCluster();
    await expect(store.acquire(claimOf(cluster), 0)).rejects.toThrow(RangeError);
    await expect(store.renew(claimOf(cluster, { epoch: 1.5 }), LONG_TTL_MS)).rejects.toThrow('its epoch is 1.5');
    await expect(store.handOver(claimOf(cluster, { owner: '' }), LONG_TTL_MS)).rejects.toThrow('its owner is empty');
    expect(await listed(store, cluster)).toBeUndefined();
  });
}

async function found(store: LeaseStore, cluster = ''): Promise<Lease> {
  const lease = await listed(store, cluster);
  if (lease === undefined) throw new Error(`no lease of ${cluster}`);
  return lease;
}

function describeReading(fixture: support.LeaseFixture): void {
  test.each([
    ['quotes and control characters', 'a"b\\c\n\t\u0000{}[]'],
    ['other scripts', 'ευρώ-欧洲-🛰'],
    ['patterns and separators', '*?[x]:{hash}:%d%s'],
    ['a long name', 'n'.repeat(4000)],
  ])('L7: a cluster with %s in its names is a cluster like others', async (_what, text) => {
    const [store, other] = await fixture.pair();
    const claim = claimOf(newCluster(text), { replica: text, owner: text });
    const lease = granted(await store.acquire(claim, LONG_TTL_MS));
    expect(lease).toEqual({ ...claim, expiresAtMs: lease.expiresAtMs });
    expect(await listed(other, claim.cluster)).toEqual(lease);
    expect(verdict(await other.renew(claim, LONG_TTL_MS))).toBe('granted');
  });

  test('L7, L8: every client lists every lease, expired ones included, ordered by cluster', async () => {
    const [store, other] = await fixture.pair();
    const tenant = newCluster('');
    const names = ['b', 'a', 'B', 'ä', 'a/b', '10', '9'].map((name) => tenant + name);
    for (const [index, cluster] of names.entries()) {
      await store.acquire(claimOf(cluster, { epoch: index + 1 }), index === 0 ? SHORT_TTL_MS : LONG_TTL_MS);
    }
    await fixture.expire(await found(store, names[0]));
    const all = await other.list();
    const ours = all.filter((lease) => lease.cluster.startsWith(tenant));
    expect(ours.map((lease) => [lease.cluster, lease.epoch])).toEqual(
      names.map((cluster, index) => [cluster, index + 1] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const clusters = all.map((lease) => lease.cluster);
    expect(clusters).toEqual([...clusters].sort());
  });

  test('L13: close is idempotent, keeps leases, and ends all calls', async () => {
    const [store, other] = await fixture.pair();
    const claim = claimOf(newCluster());
    await store.acquire(claim, LONG_TTL_MS);
    await store.watch(() => undefined, new AbortController().signal);
    await store.close();
    await store.close();
    for (const asked of [store.ping(), store.list(), store.renew(claim, LONG_TTL_MS)]) {
      await expect(asked).rejects.toThrow(LeaseStoreError);
    }
    await expect(store.watch(() => undefined, new AbortController().signal)).rejects.toThrow(LeaseStoreError);
    expect(await listed(other, claim.cluster)).toMatchObject(claim);
    await expect(other.ping()).resolves.toBeUndefined();
  });
}
