import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { type Endpoint, type RedisLeaseOptions, type RedisTls, resolveTarget, type Target } from './options.ts';

/** Without the option that changes the types of replies. */
type ConnectOptions = Omit<RedisOptions, 'replyMapping'>;

/** The longest pause between two attempts to connect. */
const LONGEST_PAUSE_MS = 1000;

/** Makes connections to one Redis, of whichever kind. */
export interface Connector {
  /** The connection for commands; begins to connect at once, and again whenever it is lost. */
  client(): Redis | Cluster;
  /** A connection for subscribing; connects when told, once. Each attempt at a cluster tries another node. */
  subscriber(attempt: number): Redis;
}

/** How long to wait before the n-th attempt in a row. */
export function pauseMs(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 10), LONGEST_PAUSE_MS);
}

/** @throws {TypeError} when the options do not say where Redis is */
export function createConnector(options: RedisLeaseOptions, timeoutMs: number): Connector {
  const target = resolveTarget(options);
  const { topology } = target;
  if (topology.kind === 'cluster') return clusterConnector(target, topology.nodes, timeoutMs);
  const common = { ...redisOptions(target, timeoutMs), ...placeOf(target, options, timeoutMs) };
  return {
    client: () => new Redis({ ...common, retryStrategy: pauseMs, reconnectOnError: isDemoted }),
    subscriber: () => new Redis({ ...common, ...ONCE }),
  };
}

/** A subscriber is not revived: the feed makes another one, and then looks what it missed. */
const ONCE = {
  lazyConnect: true,
  retryStrategy: () => null,
  sentinelRetryStrategy: () => null,
  autoResubscribe: false,
} as const;

/** A primary that became a replica; connecting again asks the Sentinels, or the name service, who is primary now. */
function isDemoted(error: Error): boolean {
  return error.message.startsWith('READONLY');
}

function placeOf({ topology, tls }: Target, options: RedisLeaseOptions, timeoutMs: number): ConnectOptions {
  if (topology.kind === 'single') return { ...topology.endpoint, db: topology.database };
  if (topology.kind === 'cluster') return {};
  const { sentinelUsername, sentinelPassword } = options;
  return {
    sentinels: topology.sentinels.map((endpoint) => ({ ...endpoint })),
    name: topology.name,
    // Without it a client is dead once no Sentinel has answered.
    sentinelRetryStrategy: pauseMs,
    sentinelCommandTimeout: timeoutMs,
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls === undefined ? {} : { enableTLSForSentinelMode: true, sentinelTLS: tlsOptions(tls) }),
  };
}

function redisOptions({ username, password, tls }: Target, timeoutMs: number): ConnectOptions {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
    connectTimeout: timeoutMs,
    // A server that neither answers nor closes is left; the next attempt may find another one.
    socketTimeout: timeoutMs,
    // A lost connection fails its commands: sent again they might be made twice, and nobody is to wait that long.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // INFO would need a permission, and says nothing the first command does not.
    enableReadyCheck: false,
    disableClientInfo: true,
    // What is left of a connection after it was ended; a timer that would keep a process from exiting.
    disconnectTimeout: 250,
    protocol: 2,
  };
}

function tlsOptions({
  ca,
  cert,
  key,
  serverName,
  insecureSkipVerify = false,
}: RedisTls): NonNullable<RedisOptions['tls']> {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    rejectUnauthorized: !insecureSkipVerify,
  };
}

function lookupNothing(address: string, callback: (error: null, address: string) => void): void {
  callback(null, address);
}

function clusterConnector(target: Target, nodes: readonly Endpoint[], timeoutMs: number): Connector {
  const common = redisOptions(target, timeoutMs);
  const options = {
    redisOptions: common,
    clusterRetryStrategy: pauseMs,
    enableReadyCheck: false,
    slotsRefreshTimeout: timeoutMs,
    // Names of nodes in certificates are resolved by the connection itself.
    dnsLookup: lookupNothing,
  };
  let cluster: Cluster | undefined;
  return {
    client: () => (cluster = new Cluster([...nodes], options)),
    // What is published reaches every node: any will do, those found since included.
    subscriber: (attempt) => {
      const known = cluster?.nodes('master').map(({ options: { host, port } }) => ({ host, port })) ?? [];
      const all = [...nodes, ...known];
      return new Redis({ ...common, ...(all[attempt % all.length] as Endpoint), ...ONCE });
    },
  };
}
