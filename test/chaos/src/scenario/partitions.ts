import { until } from '@tandem/testing';

import { PARTITIONS } from '../stage/backend.ts';
import { dedupStatus } from '../stage/fleet.ts';
import { type Instance } from '../stage/instance.ts';

/** A partition changes hands within the session timeout of a dead member, a rebalance and a take-over. */
const TAKE_OVER_TIMEOUT_MS = 30_000;

/** How many partitions a dedup process works on. */
async function heldBy(instance: Instance): Promise<number> {
  const { partitions } = await dedupStatus(instance);
  return partitions.filter(({ phase }) => phase === 'running').length;
}

/**
 * Waits until these processes have all partitions among them, and each some.
 *
 * @returns how long it took, ms
 */
export async function untilShared(instances: readonly Instance[]): Promise<number> {
  const beganMs = performance.now();
  let held: readonly number[] = [];
  const isShared = async (): Promise<boolean> => {
    held = await Promise.all(instances.map(heldBy));
    return held.every((count) => count > 0) && held.reduce((sum, count) => sum + count, 0) === PARTITIONS;
  };
  await until(isShared, {
    what: `${PARTITIONS} partitions held by ${instances.map(({ name }) => name).join(' and ')}`,
    timeoutMs: TAKE_OVER_TIMEOUT_MS,
    intervalMs: 50,
    detail: () => `held: ${held.join(', ')}`,
  });
  return Math.round(performance.now() - beganMs);
}
