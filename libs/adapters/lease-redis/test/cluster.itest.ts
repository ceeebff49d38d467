import { type RedisCluster, redisCommand, redisServer, startRedisCluster } from '@tandem/testing';
import { describeLeaseContract, requires } from '@tandem/testing/suites';
import { opener, serverTimeMs, TIMEOUT_MS } from './harness.ts';

const describeWith = await requires(redisServer);

describeWith('a Redis Cluster', () => {
  let started: RedisCluster | undefined;
  const servers = (): RedisCluster['servers'] => started?.servers ?? [];
  const all = async (act: (server: RedisCluster['servers'][number]) => Promise<unknown>) => {
    await Promise.all(servers().map(act));
  };
  describeLeaseContract('the Redis lease store', {
    start: async () => {
      started = await startRedisCluster();
    },
    // One node is enough to find the others; which of them has the leases depends on the key prefix.
    open: opener(() => ({ clusterNodes: started?.addresses.slice(0, 1) ?? [] })),
    now: async () => Math.max(...(await Promise.all(servers().map(({ address }) => serverTimeMs(address))))),
    outage: { begin: () => all((server) => server.pause()), end: () => all((server) => server.resume()) },
    answersWithinMs: TIMEOUT_MS + 1000,
    flush: () => all(({ address }) => redisCommand(address, 'FLUSHALL')),
    close: async () => started?.close(),
  });
});
