import { until } from '../launch/until.ts';
import { redisCommand } from './command.ts';
import { type RedisServer, startRedisServer } from './server.ts';

/** A primary and its replica, watched by three Sentinels that make the replica primary when the primary is gone. */
export interface RedisSentinels {
  /** As the Sentinels call the group. */
  readonly name: string;
  /** `host:port` of each Sentinel. */
  readonly addresses: readonly string[];
  /** The first primary and the first replica. */
  readonly servers: readonly [RedisServer, RedisServer];
  /** The server that is primary now, as the first Sentinel says. */
  primary(): Promise<RedisServer>;
  close(): Promise<void>;
}

const NAME = 'tandem';
const DOWN_AFTER_MS = 1000;

/** Starts five servers; resolves when a failover would succeed. */
export async function startRedisSentinels(): Promise<RedisSentinels> {
  const first = await startRedisServer({ name: 'redis-a' });
  const second = await startRedisServer({ name: 'redis-b', config: [`replicaof 127.0.0.1 ${first.port}`] });
  const sentinels = await Promise.all(['1', '2', '3'].map((number) => startSentinel(`sentinel-${number}`, first.port)));
  const servers = [first, second] as const;
  const everything = [...servers, ...sentinels];

  const replicating = async () => String(await redisCommand(second.address, 'ROLE')).includes('connected');
  await until(replicating, { what: 'the replica to follow', timeoutMs: 20_000 });
  for (const sentinel of sentinels) {
    await until(() => seesAll(sentinel), { what: 'a Sentinel to see the replica and the others', timeoutMs: 20_000 });
  }
  return {
    name: NAME,
    addresses: sentinels.map(({ port }) => `127.0.0.1:${port}`),
    servers,
    primary: () => primaryOf(sentinels, servers),
    close: async () => {
      await Promise.all(everything.map((server) => server.close()));
    },
  };
}

function startSentinel(name: string, primaryPort: number): Promise<RedisServer> {
  return startRedisServer({
    name,
    sentinel: true,
    config: [
      `sentinel monitor ${NAME} 127.0.0.1 ${primaryPort} 2`,
      `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${NAME} 5000`,
    ],
  });
}

async function seesAll(sentinel: RedisServer): Promise<boolean> {
  const flat = (await redisCommand(sentinel.address, 'SENTINEL', 'MASTER', NAME)) as string[];
  const field = (name: string) => flat[flat.indexOf(name) + 1];
  return field('num-slaves') === '1' && field('num-other-sentinels') === '2' && field('flags') === 'master';
}

async function primaryOf(sentinels: readonly RedisServer[], servers: readonly RedisServer[]): Promise<RedisServer> {
  const [sentinel] = sentinels;
  const reply = sentinel && (await redisCommand(sentinel.address, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME));
  const port = Number((reply as string[] | undefined)?.[1]);
  const primary = servers.find((server) => server.port === port);
  if (primary === undefined) throw new Error(`cannot find the primary at port ${port}`);
  return primary;
}
