import { acquireRedis, redis, type RedisAddress, type RedisEndpoint } from '@tandem/testing';
import { describeLeaseContract, requires } from '@tandem/testing/suites';
import { opener, serverTimeMs } from './harness.ts';

const describeWith = await requires(redis);

describeWith('a single Redis, whoever runs it', () => {
  let server: RedisEndpoint | undefined;
  const url = () => server?.url ?? '';
  const address = (): RedisAddress => {
    const { hostname: host, port, username, password } = new URL(url());
    const login = password === '' ? {} : { username: username === '' ? 'default' : username, password };
    return { host, port: Number(port === '' ? 6379 : port), ...login };
  };
  describeLeaseContract('the Redis lease store', {
    start: async () => {
      server = await acquireRedis();
    },
    open: opener(() => ({ url: url() })),
    now: () => serverTimeMs(address()),
    close: async () => server?.close(),
  });
});
