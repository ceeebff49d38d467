import { expect, test } from '@jest/globals';
import { redisCommand, redisServer, type RedisSentinels, startRedisSentinels, until } from '@tandem/testing';
import { describeLeaseContract, requires } from '@tandem/testing/suites';
import { openRedisLeaseStore } from '../src/index.ts';
import { opener, serverTimeMs, TIMEOUT_MS } from './harness.ts';

const describeWith = await requires(redisServer);
const FAILOVER_MS = 30_000;

describeWith('a primary with Sentinels', () => {
  let group: RedisSentinels | undefined;
  const sentinels = (): RedisSentinels => {
    if (group === undefined) throw new Error('not started');
    return group;
  };
  describeLeaseContract('the Redis lease store', {
    start: async () => {
      group = await startRedisSentinels();
    },
    open: opener(() => ({ sentinels: sentinels().addresses, name: sentinels().name })),
    now: async () => serverTimeMs((await sentinels().primary()).address),
    flush: async () => {
      await redisCommand((await sentinels().primary()).address, 'FLUSHALL');
    },
    close: async () => group?.close(),
  });
});

describeWith('a failover by Sentinels', () => {
  test.each(['killed', 'frozen'] as const)(
    'of a primary that is %s: the replica has the leases, calls and watches go on',
    async (how) => {
      const group = await startRedisSentinels();
      const options = { sentinels: group.addresses, name: group.name, timeoutMs: TIMEOUT_MS };
      const [store, other] = [openRedisLeaseStore(options), openRedisLeaseStore(options)];
      try {
        const claim = { cluster: 't/eu', replica: 'a', epoch: 1, owner: 'x', electedAtMs: 1, receivedAtMs: 1 };
        const heard: number[] = [];
        await other.watch((lease) => heard.push(lease.epoch), new AbortController().signal);
        await store.acquire(claim, 600_000);
        const [first, second] = group.servers;
        const has = async () => (await redisCommand(second.address, 'HLEN', '{tandem}:leases')) === 1;
        await until(has, { what: 'the replica to have the lease' });

        await (how === 'killed' ? first.kill() : first.pause());
        const renewed = async () => (await store.renew({ ...claim, receivedAtMs: 2 }, 600_000)).outcome === 'granted';
        await until(async () => (await renewed()) && (await group.primary()).port === second.port, {
          what: 'the lease to be renewed with the new primary',
          timeoutMs: FAILOVER_MS,
        });
        await store.handOver({ ...claim, epoch: 2, replica: 'b' }, 600_000);
        await until(() => heard.at(-1) === 2, { what: 'the watcher to hear of it', timeoutMs: FAILOVER_MS });
        expect(await other.list()).toMatchObject([{ epoch: 2, replica: 'b' }]);
      } finally {
        await Promise.all([store.close(), other.close()]);
        await group.close();
      }
    },
    90_000,
  );
});
