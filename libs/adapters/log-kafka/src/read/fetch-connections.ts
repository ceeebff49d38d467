import { type Cluster } from '../cluster/cluster.ts';
import { type BrokerConnection } from '../wire/connection.ts';

/** Most connections to one broker for fetching. */
const MAX_CONNECTIONS = 32;

interface Pool {
  readonly idle: BrokerConnection[];
  readonly waiting: (() => void)[];
  open: number;
}

/**
 * Connections for fetches, lent for one request each: a broker serves a connection's requests one at a time, so a fetch
 * that waits for new records would hold up the others on its connection.
 */
export class FetchConnections {
  readonly #cluster: Cluster;
  readonly #pools = new Map<number, Pool>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Whether fetches queue for a connection to this broker: then none should wait long. */
  isCrowded(nodeId: number): boolean {
    return (this.#pools.get(nodeId)?.waiting.length ?? 0) > 0;
  }

  /** Uses a connection to a broker for one request. */
  async use<T>(nodeId: number, request: (connection: BrokerConnection) => Promise<T>): Promise<T> {
    const pool = this.#pool(nodeId);
    while (pool.open >= MAX_CONNECTIONS) await new Promise<void>((resolve) => pool.waiting.push(resolve));
    pool.open += 1;
    let connection: BrokerConnection | undefined;
    try {
      connection = this.#idle(pool) ?? (await this.#cluster.dedicated(nodeId));
      return await request(connection);
    } finally {
      if (connection?.alive === true) pool.idle.push(connection);
      pool.open -= 1;
      pool.waiting.shift()?.();
    }
  }

  #idle(pool: Pool): BrokerConnection | undefined {
    for (let next = pool.idle.pop(); next !== undefined; next = pool.idle.pop()) if (next.alive) return next;
    return undefined;
  }

  #pool(nodeId: number): Pool {
    let pool = this.#pools.get(nodeId);
    if (pool === undefined) {
      pool = { idle: [], waiting: [], open: 0 };
      this.#pools.set(nodeId, pool);
    }
    return pool;
  }
}
