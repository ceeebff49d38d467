import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LeaseStoreError } from '@tandem/election';
import {
  redisCommand,
  redisServer,
  type RedisWithTls,
  type RedisWithUser,
  startRedisWithTls,
  startRedisWithUser,
} from '@tandem/testing';
import { describeLeaseContract, requires } from '@tandem/testing/suites';
import { openRedisLeaseStore, type RedisLeaseOptions } from '../src/index.ts';
import { serverTimeMs, TIMEOUT_MS } from './harness.ts';

const describeWith = await requires(redisServer);

/** As in the README; a cluster needs `+cluster|slots` as well. */
const ACL =
  '~{tandem}:leases &{tandem}:leases:changes +eval +evalsha +hget +hset +hdel +hvals +hlen +time +publish +subscribe +ping';

const open = (options: RedisLeaseOptions) =>
  Promise.resolve(openRedisLeaseStore({ timeoutMs: TIMEOUT_MS, ...options }));

describeWith('an ACL user with exactly the permissions of the README', () => {
  let server: RedisWithUser | undefined;
  const login = () => ({ username: server?.username ?? '', password: server?.password ?? '' });
  describeLeaseContract('the Redis lease store', {
    start: async () => {
      server = await startRedisWithUser(ACL.split(' '));
    },
    open: () => open({ url: `redis://127.0.0.1:${server?.port ?? 0}`, ...login() }),
    now: () => serverTimeMs(server?.address ?? { port: 0 }),
    close: async () => server?.close(),
  });
});

describeWith('credentials', () => {
  let server: RedisWithUser;
  beforeAll(async () => {
    server = await startRedisWithUser(ACL.split(' '));
  }, 30_000);
  afterAll(() => server.close(), 30_000);

  const failureOf = async (options: RedisLeaseOptions) => {
    const logged: unknown[] = [];
    const log = (...line: unknown[]) => void logged.push(line);
    const store = await open({ ...options, logger: { debug: log, info: log, warn: log, error: log } });
    const errors = [
      await store.ping().catch((error: unknown) => error),
      await store.watch(() => undefined, new AbortController().signal).catch((error: unknown) => error),
    ];
    await store.close();
    return { errors, text: inspect([errors, logged], { depth: 10, showHidden: true }) };
  };

  test('may be part of the URL', async () => {
    const store = await open({ url: `redis://${server.username}:${server.password}@127.0.0.1:${server.port}/0` });
    await expect(store.ping()).resolves.toBeUndefined();
    await store.close();
  });

  test('that are wrong are a clear error, which does not repeat them', async () => {
    const { errors, text } = await failureOf({ url: `redis://tandem:not-the-password@127.0.0.1:${server.port}` });
    for (const error of errors) expect(error).toBeInstanceOf(LeaseStoreError);
    expect(text).toContain('WRONGPASS');
    expect(text).not.toContain('not-the-password');
  });

  test('that lack a permission are a clear error', async () => {
    await redisCommand(server.address, 'ACL', 'SETUSER', 'poor', 'on', '>poor-password', '~*', '&*', '+ping');
    const { text } = await failureOf({
      url: `redis://127.0.0.1:${server.port}`,
      username: 'poor',
      password: 'poor-password',
    });
    expect(text).toContain('NOPERM');
    expect(text).not.toContain('poor-password');
  });

  test('that are missing are a clear error', async () => {
    const { text } = await failureOf({ url: `redis://127.0.0.1:${server.port}` });
    expect(text).toContain('NOAUTH');
  });
});

describeWith('TLS', () => {
  let plain: RedisWithTls | undefined;
  describeLeaseContract('the Redis lease store', {
    start: async () => {
      plain = await startRedisWithTls();
    },
    open: () => open({ url: `rediss://localhost:${plain?.port ?? 0}`, tls: { ca: plain?.certificates.ca ?? '' } }),
    now: () => serverTimeMs(plain?.address ?? { port: 0 }),
    close: async () => plain?.close(),
  });
});

describeWith('TLS with client certificates', () => {
  let server: RedisWithTls;
  beforeAll(async () => {
    server = await startRedisWithTls({ mutual: true });
  }, 30_000);
  afterAll(() => server.close(), 30_000);
  const pinging = async (tls: NonNullable<RedisLeaseOptions['tls']>, host = '127.0.0.1') => {
    const store = await open({ url: `rediss://${host}:${server.port}`, tls });
    return store.ping().finally(() => store.close());
  };

  test('lets in who has one', async () => {
    const { ca, client } = server.certificates;
    await expect(pinging({ ca, cert: client.cert, key: client.key })).resolves.toBeUndefined();
  });

  test('keeps out who has none, and servers of another authority or name', async () => {
    const { ca, client } = server.certificates;
    const { cert, key } = client;
    await expect(pinging({ ca })).rejects.toThrow(LeaseStoreError);
    await expect(pinging({ cert, key })).rejects.toThrow(/certificate/);
    await expect(pinging({ ca, cert, key, serverName: 'redis.example' })).rejects.toThrow(/altnames/);
    await expect(pinging({ cert, key, insecureSkipVerify: true })).resolves.toBeUndefined();
  });
});
