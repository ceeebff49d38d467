import { type Logger } from '@tandem/telemetry';

/** TLS, contents instead of files. */
export interface RedisTls {
  /** PEM; default: the authorities Node trusts. */
  readonly ca?: string;
  /** PEM of the client's own certificate and key, where the server wants them. */
  readonly cert?: string;
  readonly key?: string;
  /** Name expected in the server's certificate; default: the host connected to. */
  readonly serverName?: string;
  /** Takes any certificate. Default false. */
  readonly insecureSkipVerify?: boolean;
}

/** Where Redis is, one of `url`, `sentinels` and `clusterNodes`, and how to log in. */
export interface RedisLeaseOptions {
  /** A single server: `redis://[user[:password]@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url?: string;
  /** `host:port` of Sentinels; leases are with the primary they name. */
  readonly sentinels?: readonly string[];
  /** What the Sentinels call the primary. Default `mymaster`. */
  readonly name?: string;
  /** `host:port` of some nodes of a Redis Cluster. */
  readonly clusterNodes?: readonly string[];
  /** ACL user; takes the place of the one in the URL. */
  readonly username?: string;
  readonly password?: string;
  /** For logging in to the Sentinels, where they want that. */
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  /** Uses TLS, for Sentinels too. */
  readonly tls?: RedisTls;
  /** Begins the key and the channel; deployments that share a Redis have one each. Default `tandem`. */
  readonly keyPrefix?: string;
  /** No call waits longer, connecting included, ms. Default 2000. */
  readonly timeoutMs?: number;
  /** How often watchers compare what they know with what is stored, should a message have been lost, ms. Default 15 000. */
  readonly resyncMs?: number;
  readonly logger?: Logger;
}

/** Host and port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is, as one of three kinds. */
export type Topology =
  | { readonly kind: 'single'; readonly endpoint: Endpoint; readonly database: number }
  | { readonly kind: 'sentinel'; readonly sentinels: readonly Endpoint[]; readonly name: string }
  | { readonly kind: 'cluster'; readonly nodes: readonly Endpoint[] };

/** What of the options bears on connecting, checked. */
export interface Target {
  readonly topology: Topology;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: RedisTls;
}

const DEFAULT_PORT = 6379;

/**
 * Checks where Redis is said to be. Messages never repeat the URL: it may hold a password.
 *
 * @throws {TypeError}
 */
export function resolveTarget(options: RedisLeaseOptions): Target {
  const { url, sentinels = [], clusterNodes = [], tls } = options;
  const given = [url !== undefined, sentinels.length > 0, clusterNodes.length > 0].filter(Boolean).length;
  if (given !== 1) {
    throw new TypeError(`cannot tell where Redis is: expected one of url, sentinels and clusterNodes, got ${given}`);
  }
  const login = loginOf(options);
  const secured = tls === undefined ? {} : { tls };
  if (url !== undefined) return { ...parseUrl(url), ...secured, ...login };
  const topology: Topology =
    sentinels.length > 0
      ? { kind: 'sentinel', sentinels: sentinels.map(parseEndpoint), name: options.name ?? 'mymaster' }
      : { kind: 'cluster', nodes: clusterNodes.map(parseEndpoint) };
  return { topology, ...secured, ...login };
}

function loginOf({ username, password }: { username?: string; password?: string }): Pick<Target, 'username'> {
  return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
}

function parseUrl(text: string): Target {
  // Without the cause: Node's own error carries the text.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    throw new TypeError('cannot read the URL of Redis: expected redis://host:port or rediss://host:port');
  }
  const database = url.pathname.replace(/^\//, '');
  if (!/^\d*$/.test(database)) throw new TypeError('cannot read the URL of Redis: its path is no database number');
  const endpoint = { host: unbracketed(url.hostname), port: url.port === '' ? DEFAULT_PORT : Number(url.port) };
  return {
    topology: { kind: 'single', endpoint, database: Number(database) },
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

function parseEndpoint(text: string): Endpoint {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === '' || Number(port) < 1 || Number(port) > 65_535) {
    throw new TypeError(`cannot read the address "${text}" of Redis: expected host:port`);
  }
  return { host: unbracketed(host), port: Number(port) };
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/**
 * The key of the leases and the channel of their changes. The hash tag keeps them in one slot of a cluster.
 *
 * @throws {TypeError} for a prefix that would break the tag
 */
export function namesOf(keyPrefix: string): { readonly key: string; readonly channel: string } {
  if (!/^[^{}\s]+$/.test(keyPrefix)) {
    throw new TypeError(`cannot use the key prefix "${keyPrefix}": expected some characters, none a brace or a space`);
  }
  return { key: `{${keyPrefix}}:leases`, channel: `{${keyPrefix}}:leases:changes` };
}
