import { describe, expect, test } from '@jest/globals';
import { MemoryLeaseStore, VirtualClock } from '@tandem/testing';
import { NO_LOGGER } from '@tandem/telemetry';

import { LeasePurge } from '../src/lease-purge.ts';
import { waitFor } from './pipeline.ts';

const HOUR = 3_600_000;
const claim = (cluster: string) => ({
  cluster,
  replica: 'a',
  epoch: 1,
  owner: 'd1',
  electedAtMs: 0,
  receivedAtMs: 0,
});

function purged(afterMs: number) {
  const clock = new VirtualClock();
  const store = new MemoryLeaseStore({ now: () => clock.now() });
  const purge = new LeasePurge({ store, afterMs: () => afterMs, clock, logger: NO_LOGGER });
  const clusters = (): readonly string[] => store.server.list().map(({ cluster }) => cluster);
  return { clock, store, purge, clusters };
}

describe('leases that expired long ago', () => {
  test('E29: are removed within an hour, and later ones then', async () => {
    const { clock, store, purge, clusters } = purged(2 * HOUR);
    await store.acquire(claim('t/c'), 1000);
    await store.acquire(claim('t/d'), 2 * HOUR);
    const hour = async (): Promise<readonly string[]> => {
      clock.advance(HOUR);
      await new Promise((resolve) => setImmediate(resolve));
      return clusters();
    };
    const left = [await hour(), await hour(), await hour(), await hour(), await hour(), await hour()];
    expect(left[0]).toEqual(['t/c', 't/d']);
    expect(left).toContainEqual(['t/d']);
    expect(left.at(-1)).toEqual([]);
    await purge.stop();
  });

  test('stay where clusters are never forgotten, and after the end', async () => {
    const { clock, store, purge, clusters } = purged(0);
    await store.acquire(claim('t/c'), 1000);
    clock.advance(100 * HOUR);
    await purge.stop();
    clock.advance(100 * HOUR);
    expect(clusters()).toEqual(['t/c']);
  });

  test('are removed later where the store is away meanwhile', async () => {
    const { clock, store, purge, clusters } = purged(HOUR);
    await store.acquire(claim('t/c'), 1000);
    store.server.away = true;
    clock.advance(2 * HOUR);
    await new Promise((resolve) => setImmediate(resolve));
    expect(clusters()).toEqual(['t/c']);
    store.server.away = false;
    clock.advance(HOUR);
    await waitFor(() => clusters().length === 0, 'the lease to be removed');
    await purge.stop();
  });
});
