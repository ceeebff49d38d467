import { redisCommand, type RedisServer, redisServer, startRedisServer } from '@tandem/testing';
import { describeLeaseContract, requires } from '@tandem/testing/suites';
import { opener, serverTimeMs, TIMEOUT_MS } from './harness.ts';

const describeWith = await requires(redisServer);

const suites = (
  misfortune: string,
  outage: (server: () => RedisServer) => { begin: () => Promise<void>; end: () => Promise<void> },
  outageLosesData: boolean,
) => {
  let started: RedisServer | undefined;
  const server = (): RedisServer => {
    if (started === undefined) throw new Error('not started');
    return started;
  };
  describeLeaseContract(`the Redis lease store, its server ${misfortune},`, {
    start: async () => {
      started = await startRedisServer({ name: 'redis' });
    },
    open: opener(() => ({ url: `redis://127.0.0.1:${server().port}` })),
    now: () => serverTimeMs(server().address),
    outage: outage(server),
    outageLosesData,
    answersWithinMs: TIMEOUT_MS + 500,
    flush: async () => {
      await redisCommand(server().address, 'FLUSHALL');
    },
    close: async () => started?.close(),
  });
};

describeWith('a Redis server', () => {
  suites('killed and started again', (server) => ({ begin: () => server().kill(), end: () => server().start() }), true);
  suites('frozen and thawed', (server) => ({ begin: () => server().pause(), end: () => server().resume() }), false);
});
