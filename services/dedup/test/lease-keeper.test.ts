import { describe, expect, test } from '@jest/globals';
import { type Lease, type LeaseClaim } from '@tandem/election';
import { createMetrics, NO_LOGGER } from '@tandem/telemetry';
import { MemoryLeaseStore, VirtualClock } from '@tandem/testing';

import { LeaseKeeper, type LeaseHolder } from '../src/lease-keeper.ts';
import { DEDUP_METRICS } from '../src/metrics.ts';
import { waitFor } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';

const NOBODY: LeaseHolder = {
  lost: () => {
    throw new Error('a lease was lost');
  },
};

function claim(epoch: number, more: Partial<LeaseClaim> = {}): LeaseClaim {
  return { cluster: 't/c', replica: 'a', epoch, owner: 'd1', electedAtMs: 1000, receivedAtMs: 1000, ...more };
}

function setUp(store = new ScriptedLeases()) {
  const clock = new VirtualClock();
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const keeper = new LeaseKeeper({
    store,
    owner: 'd1',
    ttlMs: 60_000,
    renewAfterMs: 20_000,
    clock,
    logger: NO_LOGGER,
    metrics: metrics.instruments(DEDUP_METRICS),
  });
  const expectAsked = async (...expected: readonly string[]): Promise<void> => {
    await waitFor(() => store.asked.length >= expected.length && keeper.counts.queued === 0, expected.join(', '));
    expect(store.asked).toEqual(expected);
  };
  return { keeper, store, clock, expectAsked, metrics };
}

describe('keeping leases', () => {
  test('a lease is acquired, renewed in its epoch, and handed over with the next', async () => {
    const { keeper, expectAsked } = setUp();
    keeper.announce(claim(1), NOBODY);
    await expectAsked('acquire t/c 1');
    await waitFor(() => keeper.counts.held === 1, 'the lease to be held');
    keeper.announce(claim(1, { receivedAtMs: 2000 }), NOBODY);
    await expectAsked('acquire t/c 1', 'renew t/c 1');
    keeper.announce(claim(2, { replica: 'b' }), NOBODY);
    await expectAsked('acquire t/c 1', 'renew t/c 1', 'handOver t/c 2');
  });

  test('announcements of a cluster that wait are one, the newest', async () => {
    const { keeper, expectAsked, store } = setUp();
    for (let i = 0; i < 8; i++) keeper.announce(claim(1, { cluster: `t/other-${i}` }), NOBODY);
    for (let epoch = 1; epoch <= 5; epoch++) keeper.announce(claim(epoch), NOBODY);
    await waitFor(() => store.asked.length === 9, 'nine questions');
    await expectAsked(...Array.from({ length: 8 }, (_, i) => `acquire t/other-${i} 1`), 'acquire t/c 5');
  });

  test('a silent cluster is renewed all the same', async () => {
    const { keeper, clock, expectAsked } = setUp();
    keeper.announce(claim(1), NOBODY);
    await expectAsked('acquire t/c 1');
    await waitFor(() => keeper.counts.held === 1, 'the lease to be held');
    clock.advance(25_000);
    await expectAsked('acquire t/c 1', 'renew t/c 1');
  });

  test('a store that is away is tried again, less and less often, and shown as degraded', async () => {
    const { keeper, store, clock, metrics } = setUp();
    store.away = true;
    keeper.announce(claim(1), NOBODY);
    await waitFor(() => keeper.degraded.length > 0, 'degraded');
    expect(keeper.degraded).toEqual(['the lease store cannot be reached']);
    clock.advance(100);
    await waitFor(() => store.asked.length === 2, 'the second question');
    keeper.announce(claim(1, { receivedAtMs: 5000 }), NOBODY);
    expect(store.asked).toHaveLength(2);
    expect(await metrics.render()).toContain('tandem_dedup_lease_store_up 0');
    store.away = false;
    clock.advance(200);
    await waitFor(() => keeper.counts.held === 1, 'the lease to be held');
    expect(keeper.degraded).toEqual([]);
    expect(store.leases.get('t/c')).toMatchObject({ receivedAtMs: 5000 });
  });

  test.each(['expired', 'missing'] as const)('a lease the store finds %s is acquired again at once', async (reason) => {
    const { keeper, store, expectAsked } = setUp();
    keeper.announce(claim(1), NOBODY);
    await waitFor(() => keeper.counts.held === 1, 'the lease to be held');
    store.answer = (verb) => (verb === 'renew' ? { outcome: 'refused', reason } : undefined);
    keeper.announce(claim(1), NOBODY);
    await expectAsked('acquire t/c 1', 'renew t/c 1', 'acquire t/c 1');
    expect(keeper.degraded).toEqual([]);
  });

  test('a store that went back to an earlier election is set right', async () => {
    const { keeper, store, expectAsked } = setUp();
    keeper.announce(claim(5), NOBODY);
    await waitFor(() => keeper.counts.held === 1, 'the lease to be held');
    const current: Lease = { ...claim(4, { owner: 'd0' }), expiresAtMs: 0 };
    store.answer = (verb) => (verb === 'renew' ? { outcome: 'refused', reason: 'stale-epoch', current } : undefined);
    keeper.announce(claim(5), NOBODY);
    await expectAsked('acquire t/c 5', 'renew t/c 5', 'acquire t/c 5');
  });

  test('a lease that was held and is another owner’s now is lost', async () => {
    const { keeper, store } = setUp();
    const lost: Lease[] = [];
    const holder: LeaseHolder = { lost: (current) => lost.push(current) };
    keeper.announce(claim(1), holder);
    await waitFor(() => keeper.counts.held === 1, 'the lease to be held');
    const current: Lease = { ...claim(1, { owner: 'd2' }), expiresAtMs: 9e12 };
    store.answer = () => ({ outcome: 'refused', reason: 'not-owner', current });
    keeper.announce(claim(1), holder);
    await waitFor(() => lost.length > 0, 'the loss');
    expect(lost).toEqual([current]);
  });

  test('a lease that was never held is a conflict: shown, tried again, and nobody stops for it', async () => {
    const { keeper, store, clock } = setUp();
    const current: Lease = { ...claim(9, { owner: 'd2' }), expiresAtMs: 9e12 };
    store.answer = () => ({ outcome: 'refused', reason: 'stale-epoch', current });
    keeper.announce(claim(1), NOBODY);
    await waitFor(() => keeper.degraded.length > 0, 'the conflict');
    expect(keeper.degraded).toEqual(['1 leases are refused by the lease store']);
    store.answer = () => undefined;
    clock.advance(25_000);
    await waitFor(() => keeper.counts.held === 1, 'the lease to be held');
    expect(keeper.degraded).toEqual([]);
  });

  test('what is withdrawn or released is not written any more', async () => {
    const { keeper, clock, expectAsked } = setUp();
    const other: LeaseHolder = { ...NOBODY };
    keeper.announce(claim(1), NOBODY);
    keeper.announce(claim(1, { cluster: 't/d' }), other);
    await waitFor(() => keeper.counts.held === 2, 'the leases to be held');
    keeper.withdraw('t/c', NOBODY);
    keeper.withdraw('t/d', NOBODY);
    keeper.release(NOBODY);
    clock.advance(25_000);
    await expectAsked('acquire t/c 1', 'acquire t/d 1', 'renew t/d 1');
    keeper.release(other);
    expect(keeper.counts).toEqual({ held: 0, queued: 0 });
  });

  test('more than the queue holds is dropped and counted, and made up for later', async () => {
    const { keeper, store, clock, metrics } = setUp();
    for (let i = 0; i < 10_010; i++) keeper.announce(claim(1, { cluster: `t/${i}` }), NOBODY);
    expect(await metrics.render()).toContain('tandem_dedup_lease_announcements_dropped_total 2');
    await waitFor(() => keeper.counts.held === 10_008, 'the leases to be held');
    clock.advance(25_000);
    await waitFor(() => keeper.counts.held === 10_010 && keeper.counts.queued === 0, 'all to be held');
    expect(store.leases.size).toBe(10_010);
  });

  test('after stop nothing is asked', async () => {
    const { keeper, store, clock } = setUp();
    keeper.announce(claim(1), NOBODY);
    await keeper.stop();
    keeper.announce(claim(2), NOBODY);
    clock.advance(60_000);
    expect(store.asked).toEqual(['acquire t/c 1']);
  });

  test('a store of the contract is kept as the table says', async () => {
    const store = new MemoryLeaseStore();
    const metrics = createMetrics({ version: 'test', processMetrics: false }).instruments(DEDUP_METRICS);
    const common = { store, ttlMs: 60_000, renewAfterMs: 20_000, logger: NO_LOGGER, metrics };
    const first = new LeaseKeeper({ ...common, owner: 'd1', clock: new VirtualClock() });
    const lost: string[] = [];
    first.announce(claim(1), { lost: ({ owner }) => lost.push(owner) });
    await waitFor(() => first.counts.held === 1, 'the first to hold');
    const second = new LeaseKeeper({ ...common, owner: 'd2', clock: new VirtualClock() });
    second.announce(claim(1, { owner: 'd2' }), NOBODY);
    await waitFor(() => second.counts.held === 1, 'the second to take it over');
    first.announce(claim(2), { lost: () => undefined });
    second.announce(claim(2, { owner: 'd2', replica: 'b' }), NOBODY);
    await waitFor(() => store.server.get('t/c')?.epoch === 2, 'the next epoch');
    expect(lost).toEqual([]);
  });
});
