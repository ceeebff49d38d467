import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Lease, type LeaseClaim } from '@tandem/election';
import { launch, type LaunchedProcess, tempDir, until } from '@tandem/testing';
import { type EmbeddedLeaseStore, openEmbeddedLeaseStore } from '../src/index.ts';

const TIMEOUT_MS = 1000;
const SCRIPT = fileURLToPath(new URL('claimant.mjs', import.meta.url));
const dir = tempDir('leases');
const children: LaunchedProcess[] = [];
let store: EmbeddedLeaseStore;

beforeAll(async () => {
  store = await openEmbeddedLeaseStore({ path: dir.path, timeoutMs: TIMEOUT_MS });
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
});
afterAll(async () => {
  await store.close();
  await dir.remove();
});

const claimant = async (owner: string, cluster: string, epochs: number): Promise<LaunchedProcess> => {
  const args = [SCRIPT, dir.path, owner, cluster, String(epochs)];
  const child = await launch({ name: owner, command: process.execPath, args });
  children.push(child);
  return child;
};
const claimOf = (cluster: string, epoch: number): LeaseClaim => ({
  cluster,
  epoch,
  replica: 'a',
  owner: 'test',
  electedAtMs: 1,
  receivedAtMs: 1,
});

test('of processes that claim the same epochs each is won by one, and watchers see the last', async () => {
  const heard: Lease[] = [];
  await store.watch((lease) => heard.push(lease), new AbortController().signal);
  const processes = await Promise.all(['p1', 'p2', 'p3'].map((owner) => claimant(owner, 't/raced', 200)));
  const won: number[] = [];
  for (const child of processes) {
    await child.waitForLine(/^done$/, { timeoutMs: 30_000 });
    won.push(...[...child.output.text.matchAll(/won (\d+)/g)].map((match) => Number(match[1])));
  }
  const [last] = (await store.list()).filter((lease) => lease.cluster === 't/raced');
  expect(last?.epoch).toBe(200);
  expect(new Set(won).size).toBe(won.length);
  await until(() => heard.at(-1)?.epoch === 200, { what: 'the last election' });
  expect(heard.map((lease) => lease.epoch)).toEqual(heard.map((lease) => lease.epoch).sort((a, b) => a - b));
}, 60_000);

test('a process killed while it writes leaves leases that others read and change', async () => {
  for (let round = 0; round < 3; round++) {
    const cluster = `t/killed-${round}`;
    const child = await claimant('victim', cluster, 1_000_000);
    await child.waitForLine(/^won 50$/, { timeoutMs: 20_000 });
    await child.kill();
    const lease = (await store.list()).find((each) => each.cluster === cluster);
    expect(lease?.epoch).toBeGreaterThanOrEqual(50);
    const seen = lease?.epoch ?? 0;
    const taken = async (epoch: number): Promise<boolean> =>
      (await store.acquire(claimOf(cluster, epoch), 1000)).outcome === 'granted';
    // Killed between the write of its last change and its publication, it leaves one that the next writer publishes.
    expect((await taken(seen + 1)) || (await taken(seen + 2))).toBe(true);
  }
}, 60_000);

test('processes killed at any moment of a commit do not keep one that writes beside them from going on', async () => {
  for (let round = 0; round < 15; round++) {
    const victims = await Promise.all(['x', 'y'].map((each) => claimant(each, `t/many-${each}-${round}`, 1_000_000)));
    await Promise.all(victims.map((victim) => victim.waitForLine(/^won 5$/, { timeoutMs: 20_000 })));
    const killed = Promise.all(victims.map((victim) => victim.kill()));
    for (let epoch = 1; epoch <= 20; epoch++) {
      await expect(store.acquire(claimOf(`t/own-${round}`, epoch), 1000)).resolves.toMatchObject({
        outcome: 'granted',
      });
    }
    await killed;
  }
}, 60_000);

test('a process frozen while it writes delays others by no more than their timeout', async () => {
  const child = await claimant('frozen', 't/frozen', 1_000_000);
  await child.waitForLine(/^won 20$/, { timeoutMs: 20_000 });
  child.pause();
  const began = performance.now();
  const settled = await Promise.allSettled(
    [1, 2, 3].map((epoch) => store.acquire(claimOf(`t/beside-${epoch}`, 1), 1000)),
  );
  expect(performance.now() - began).toBeLessThan(TIMEOUT_MS + 2000);
  for (const each of settled) {
    expect(each.status === 'fulfilled' ? each.value.outcome : (each.reason as Error).name).toMatch(
      /granted|LeaseStoreError/,
    );
  }
  await expect(store.list()).resolves.toBeDefined();
  child.resume();
  const granted = async () => (await store.acquire(claimOf('t/after', 1), 1000)).outcome === 'granted';
  await until(granted, { what: 'a lease after the thaw' });
}, 60_000);
