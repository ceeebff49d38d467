import { afterAll, expect, test } from '@jest/globals';
import {
  acquireRedis,
  redis,
  redisCommand,
  redisServer,
  startRedisCluster,
  startRedisSentinels,
  startRedisServer,
  startRedisWithTls,
  startRedisWithUser,
  until,
} from '../../src/index.ts';
import { requires } from '../../src/launch/requires.ts';

const describeWith = await requires(redis, redisServer);

describeWith('Redis', () => {
  const closing: { close(): Promise<void> }[] = [];
  const kept = <T extends { close(): Promise<void> }>(started: T): T => {
    closing.push(started);
    return started;
  };
  afterAll(() => Promise.all(closing.map((started) => started.close())), 30_000);

  test('is acquired', async () => {
    const { url } = kept(await acquireRedis());
    expect(url).toMatch(/^rediss?:\/\//);
  });

  test('comes back after a kill, and answers nothing while paused', async () => {
    const server = kept(await startRedisServer({ name: 'redis' }));
    await redisCommand(server.address, 'SET', 'k', 'v');
    await server.pause();
    const answer = redisCommand(server.address, 'GET', 'k');
    await server.resume();
    await expect(answer).resolves.toBe('v');
    await server.kill();
    await expect(redisCommand(server.address, 'PING')).rejects.toThrow('ECONNREFUSED');
    await server.start();
    await expect(redisCommand(server.address, 'GET', 'k')).resolves.toBeNull();
  }, 30_000);

  test('lets a user do what the rules say', async () => {
    const server = kept(await startRedisWithUser(['~a*', '+get']));
    const user = { port: server.port, username: server.username, password: server.password };
    await expect(redisCommand(user, 'GET', 'a')).resolves.toBeNull();
    await expect(redisCommand(user, 'SET', 'a', '1')).rejects.toThrow('NOPERM');
    await expect(redisCommand({ port: server.port }, 'GET', 'a')).rejects.toThrow('NOAUTH');
  }, 30_000);

  test.each([false, true])(
    'speaks TLS (mutual: %s)',
    async (mutual) => {
      const server = kept(await startRedisWithTls({ mutual }));
      const { ca, client } = server.certificates;
      await expect(redisCommand({ port: server.port, tls: { ca, ...client } }, 'PING')).resolves.toBe('PONG');
      await expect(redisCommand({ port: server.port }, 'PING')).rejects.toThrow(/closed|ECONNRESET/);
      const anonymous = redisCommand({ port: server.port, tls: { ca } }, 'PING').catch(() => 'refused');
      await expect(anonymous).resolves.toBe(mutual ? 'refused' : 'PONG');
    },
    30_000,
  );

  test('fails over with Sentinels', async () => {
    const group = kept(await startRedisSentinels());
    const before = await group.primary();
    expect(before.port).toBe(group.servers[0].port);
    await before.kill();
    const moved = async () => (await group.primary()).port !== before.port;
    await until(moved, { what: 'the replica to become primary', timeoutMs: 20_000 });
    await expect(redisCommand((await group.primary()).address, 'SET', 'k', 'v')).resolves.toBe('OK');
  }, 60_000);

  test('shares slots in a cluster', async () => {
    const cluster = kept(await startRedisCluster());
    const [first] = cluster.servers;
    const slots = first && (await redisCommand(first.address, 'CLUSTER', 'SLOTS'));
    expect(slots).toHaveLength(3);
  }, 60_000);
});
