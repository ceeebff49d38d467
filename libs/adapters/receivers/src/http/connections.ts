import { type HttpConfig, type TlsConfig } from '@tandem/alertmanager-config';
import type * as Undici from 'undici';
import type { Agent, Dispatcher } from 'undici';

import { proxyRule, type Environment, type ProxyRule, type ProxySettings } from './proxy-rule.ts';
import { decoded, type Redactor } from './redactor.ts';
import { TlsMaterial, type TlsOptions } from './tls-material.ts';

/** How long a connection may take to be made, ms; Go's default dialer gives up after as long. */
const CONNECT_TIMEOUT_MS = 30_000;
/** Connections to one address. */
const MAX_CONNECTIONS = 16;

/** What decides how requests travel. */
export interface ConnectionsOptions {
  readonly proxy: ProxySettings & Pick<HttpConfig, 'proxy_connect_header'>;
  readonly tls: TlsConfig;
  readonly http2: boolean;
  readonly environment: Environment;
  readonly redactor: Redactor;
}

/** The connections of one `http_config`: kept, by proxy or direct, and made anew when a TLS file has changed. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #material: TlsMaterial;
  readonly #proxyFor: ProxyRule;
  /** By the proxy and the scheme of what is asked for: few. */
  #dispatchers = new Map<string, Dispatcher>();
  #tls: TlsOptions | undefined;

  /** @throws TypeError for a proxy that is no URL */
  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#material = new TlsMaterial(options.tls);
    this.#proxyFor = proxyRule(options.proxy, options.environment);
  }

  /** What sends to a URL. @throws Error where a TLS file cannot be read, or the proxy is of no kind that is spoken */
  async to(url: URL): Promise<Dispatcher> {
    // It takes longer to load than all else here, and nothing is sent at the start.
    const [undici, tls] = await Promise.all([import('undici'), this.#material.read()]);
    if (tls !== this.#tls) {
      // Requests under way end on the connections they have.
      void this.close();
      this.#dispatchers = new Map();
      this.#tls = tls;
    }
    const proxy = this.#proxyFor(url);
    const key = proxy === undefined ? '' : `${url.protocol}${proxy.href}`;
    const known = this.#dispatchers.get(key);
    if (known !== undefined) return known;
    const made = proxy === undefined ? this.#direct(undici, tls) : this.#proxied(undici, { url, proxy, tls });
    this.#dispatchers.set(key, made);
    return made;
  }

  /** Waits for requests under way, then closes. */
  async close(): Promise<void> {
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.close()));
  }

  #direct({ Agent: DirectAgent }: typeof Undici, tls: TlsOptions): Dispatcher {
    return new DirectAgent({ ...this.#shared(), connect: { ...tls, timeout: CONNECT_TIMEOUT_MS } });
  }

  #proxied({ Pool, ProxyAgent }: typeof Undici, { url, proxy, tls }: ProxiedRoute): Dispatcher {
    if (!isHttp(proxy)) throw new TypeError(`proxies of scheme "${proxy.protocol.slice(0, -1)}" are not supported`);
    const { redactor, http2, proxy: settings } = this.#options;
    const isTunnel = url.protocol === 'https:';
    const token = basicOf(proxy);
    if (token !== undefined) redactor.learn(token);
    redactor.learn(decoded(proxy.password));
    const proxyTls = { ...tls };
    // It is the name of the target.
    delete proxyTls.servername;
    return new ProxyAgent({
      ...this.#shared(),
      uri: proxy.origin,
      clientFactory: (origin: URL, options: object) => tunnelPool(new Pool(origin, options)),
      proxyTunnel: isTunnel,
      ...(token === undefined ? {} : { token }),
      headers: isTunnel ? revealed(settings.proxy_connect_header) : {},
      requestTls: { ...tls, allowH2: http2, timeout: CONNECT_TIMEOUT_MS },
      proxyTls: { ...proxyTls, timeout: CONNECT_TIMEOUT_MS },
    });
  }

  /** The deadline is the caller's signal. */
  #shared(): Agent.Options {
    return { allowH2: this.#options.http2, connections: MAX_CONNECTIONS, headersTimeout: 0, bodyTimeout: 0 };
  }
}

/**
 * Connections to a proxy that is asked for tunnels. A proxy that breaks one off is asked again at once by undici, for as long
 * as a request waits, if it is not told that this is the request's own failure.
 */
function tunnelPool(pool: Dispatcher): Dispatcher {
  // One of its overloads: the other takes a callback.
  const ask = pool.connect.bind(pool);
  const connect = async (request: Dispatcher.ConnectOptions): Promise<Tunnel> => {
    try {
      return await ask(request);
    } catch (cause) {
      throw new Error('the proxy has opened no tunnel', { cause });
    }
  };
  return Object.assign(pool, { connect });
}

type Tunnel = Dispatcher.ConnectData;

/** A request's way to its target. */
interface ProxiedRoute {
  readonly url: URL;
  readonly proxy: URL;
  readonly tls: TlsOptions;
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}

/** `Basic …` by the user of a URL; `undefined` where it has none. */
export function basicOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
}

function revealed(headers: HttpConfig['proxy_connect_header']): Record<string, string[]> {
  return Object.fromEntries([...headers].map(([name, values]) => [name, values.map((value) => value.reveal())]));
}
