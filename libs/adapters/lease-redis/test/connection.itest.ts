import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LeaseStoreError } from '@tandem/election';
import { freePort, redisCommand, type RedisServer, redisServer, startRedisServer, until } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';
import { openRedisLeaseStore, type RedisLeaseStore } from '../src/index.ts';
import { TIMEOUT_MS } from './harness.ts';

const describeWith = await requires(redisServer);
const claim = { cluster: 't/eu', replica: 'a', epoch: 1, owner: 'x', electedAtMs: 1, receivedAtMs: 1 };
const answers = (store: RedisLeaseStore) =>
  until(() => store.ping().then(() => true), { what: 'the store to answer', timeoutMs: 20_000 });

describeWith('a store of a Redis that is running', () => {
  let server: RedisServer;
  let store: RedisLeaseStore;
  beforeAll(async () => {
    server = await startRedisServer({ name: 'redis' });
    // No look at everything within the test: what is heard comes by messages, or because a connection was lost.
    const url = `redis://127.0.0.1:${server.port}`;
    store = openRedisLeaseStore({ url, timeoutMs: TIMEOUT_MS, resyncMs: 600_000 });
  }, 30_000);
  afterAll(async () => {
    await store.close();
    await server.close();
  }, 30_000);

  test('brings its script again after the server forgot it', async () => {
    await store.acquire(claim, 60_000);
    await redisCommand(server.address, 'SCRIPT', 'FLUSH');
    await expect(store.renew(claim, 60_000)).resolves.toMatchObject({ outcome: 'granted' });
  });

  test('keeps leases as readable JSON in one hash', async () => {
    await store.acquire(claim, 60_000);
    const text = await redisCommand(server.address, 'HGET', '{tandem}:leases', 't/eu');
    expect(JSON.parse(String(text))).toMatchObject(claim);
    await expect(redisCommand(server.address, 'KEYS', '*')).resolves.toEqual(['{tandem}:leases']);
  });

  test('takes what nobody can read for no lease', async () => {
    for (const text of ['nonsense', '[]', '{"epoch":"4"}', 'null', '{"epoch":9e99}']) {
      await redisCommand(server.address, 'HSET', '{tandem}:leases', 't/damaged', text);
      expect((await store.list()).filter((lease) => lease.cluster === 't/damaged')).toEqual([]);
      const damaged = { ...claim, cluster: 't/damaged' };
      await expect(store.acquire(damaged, 60_000)).resolves.toMatchObject({ outcome: 'granted' });
    }
  });

  test('whose subscription was cut hears of what changed before it was back', async () => {
    const heard: number[] = [];
    const watched = { ...claim, cluster: 't/cut' };
    const note = (lease: { cluster: string; epoch: number }) => lease.cluster === 't/cut' && heard.push(lease.epoch);
    await store.watch(note, new AbortController().signal);
    for (const epoch of [1, 2, 3, 4, 5]) {
      await redisCommand(server.address, 'CLIENT', 'KILL', 'TYPE', 'pubsub');
      await store.acquire({ ...watched, epoch }, 60_000);
      await until(() => heard.at(-1) === epoch, { what: `election ${epoch}`, timeoutMs: 10_000 });
    }
    expect(heard).toEqual([1, 2, 3, 4, 5]);
  }, 30_000);

  test('of a wrong type of key is a clear error, and stays usable', async () => {
    await redisCommand(server.address, 'SET', '{other}:leases', 'text');
    const url = `redis://127.0.0.1:${server.port}`;
    const other = openRedisLeaseStore({ url, keyPrefix: 'other', timeoutMs: TIMEOUT_MS });
    await expect(other.acquire(claim, 1000)).rejects.toThrow(/^cannot change the lease of "t\/eu": .*WRONGTYPE/);
    await redisCommand(server.address, 'DEL', '{other}:leases');
    await expect(other.acquire(claim, 1000)).resolves.toMatchObject({ outcome: 'granted' });
    await other.close();
  });
});

describeWith('a store opened while Redis is away', () => {
  const kinds = [
    ['a single server', /ECONNREFUSED/, (address: string) => ({ url: `redis://${address}` })],
    ['Sentinels', /All sentinels are unreachable/, (address: string) => ({ sentinels: [address] })],
    ['a cluster', /Failed to refresh slots cache/, (address: string) => ({ clusterNodes: [address] })],
  ] as const;

  test.each(kinds)('rejects at once, and says why: %s', async (_kind, why, options) => {
    const store = openRedisLeaseStore({ ...options(`127.0.0.1:${await freePort()}`), timeoutMs: TIMEOUT_MS });
    const began = performance.now();
    await expect(store.ping()).rejects.toThrow(LeaseStoreError);
    await expect(store.acquire(claim, 1000)).rejects.toThrow(why);
    await expect(store.watch(() => undefined, new AbortController().signal)).rejects.toThrow(/^cannot watch leases: /);
    expect(performance.now() - began).toBeLessThan(TIMEOUT_MS);
    await store.close();
  });

  test('is connected when Redis comes', async () => {
    const port = await freePort();
    const store = openRedisLeaseStore({ url: `redis://127.0.0.1:${port}`, timeoutMs: TIMEOUT_MS });
    await expect(store.ping()).rejects.toThrow(LeaseStoreError);
    const server = await startRedisServer({ name: 'redis', port });
    await answers(store);
    await expect(store.acquire(claim, 1000)).resolves.toMatchObject({ outcome: 'granted' });
    await store.close();
    await server.close();
  }, 60_000);

  test('is connected when the cluster comes', async () => {
    const port = await freePort();
    const store = openRedisLeaseStore({ clusterNodes: [`127.0.0.1:${port}`], timeoutMs: TIMEOUT_MS });
    await expect(store.ping()).rejects.toThrow(LeaseStoreError);
    const config = ['cluster-enabled yes', 'cluster-announce-ip 127.0.0.1', `cluster-port ${await freePort()}`];
    const server = await startRedisServer({ name: 'redis-node', port, config });
    await redisCommand(server.address, 'CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await answers(store);
    await expect(store.acquire(claim, 1000)).resolves.toMatchObject({ outcome: 'granted' });
    await store.close();
    await server.close();
  }, 60_000);
});
