import { freePort } from '../launch/ports.ts';
import { until } from '../launch/until.ts';
import { redisCommand } from './command.ts';
import { type RedisServer, startRedisServer } from './server.ts';

/** Three primaries that share the slots. */
export interface RedisCluster {
  /** `host:port` of each node. */
  readonly addresses: readonly string[];
  readonly servers: readonly RedisServer[];
  close(): Promise<void>;
}

const SLOTS = 16_384;
const NODES = 3;

/** Starts a cluster of three primaries; resolves when each of them says it is complete. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const servers = await Promise.all(Array.from({ length: NODES }, (_, index) => startNode(index)));
  const [first, ...others] = servers;
  if (first === undefined) throw new Error('a cluster has nodes');
  for (const [index, server] of servers.entries()) await prepare(server, index);
  for (const { port, busPort } of others) {
    await redisCommand(first.address, 'CLUSTER', 'MEET', '127.0.0.1', port, busPort);
  }
  for (const server of servers) {
    await until(() => isComplete(server), { what: 'the cluster to be complete', timeoutMs: 30_000 });
  }
  return {
    addresses: servers.map(({ port }) => `127.0.0.1:${port}`),
    servers,
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

async function startNode(index: number): Promise<RedisServer & { readonly busPort: number }> {
  const busPort = await freePort();
  const server = await startRedisServer({
    name: `redis-node-${index}`,
    config: [
      'cluster-enabled yes',
      'cluster-announce-ip 127.0.0.1',
      `cluster-port ${busPort}`,
      'cluster-node-timeout 2000',
    ],
  });
  return { ...server, busPort };
}

async function prepare({ address }: RedisServer, index: number): Promise<void> {
  const from = Math.floor((SLOTS * index) / NODES);
  const to = Math.floor((SLOTS * (index + 1)) / NODES) - 1;
  await redisCommand(address, 'CLUSTER', 'ADDSLOTSRANGE', from, to);
  await redisCommand(address, 'CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
}

async function isComplete({ address }: RedisServer): Promise<boolean> {
  const info = String(await redisCommand(address, 'CLUSTER', 'INFO'));
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${NODES}`);
}
