import { TandemError } from '@tandem/errors';
import { throttleLogger, type Metrics } from '@tandem/telemetry';

import { ByteBudget } from './byte-budget.ts';
import { Dispatcher } from './dispatcher.ts';
import { type ReadinessCheck, type Route } from './http.ts';
import { addressText, localUrl } from './listen.ts';
import { Listener } from './listener.ts';
import { SERVER_METRICS } from './metrics.ts';
import { type HttpServer, type ListenAddress, type ServerOptions } from './options.ts';
import { Readiness } from './readiness.ts';
import { Router } from './router.ts';

const MIB = 1024 * 1024;
/** How often a stopping server looks for connections that have become idle, ms. */
const IDLE_SWEEP_MS = 50;

/** An HTTP server with its routes, and `/-/healthy`, `/-/ready` and `/metrics`. */
export function createServer(options: ServerOptions): HttpServer {
  return new NodeHttpServer(options);
}

class NodeHttpServer implements HttpServer {
  readonly name = 'http server';
  readonly #options: ServerOptions;
  readonly #readiness: Readiness;
  readonly #listeners: readonly Listener[];
  #addresses: readonly ListenAddress[] = [];
  #stopping: Promise<void> | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#readiness = this.#createReadiness();
    const metrics = options.metrics.instruments(SERVER_METRICS);
    const budget = new ByteBudget(options.maxBytesInFlight ?? 256 * MIB);
    const dispatcher = new Dispatcher({
      router: new Router(routesOf(options, this.#readiness)),
      budget,
      metrics,
      logger: throttleLogger(options.logger),
      maxBodyBytes: options.maxBodyBytes ?? 32 * MIB,
      isStopping: () => this.#stopping !== undefined,
      security: options.security,
    });
    const events = {
      onRequest: (...request: Parameters<Dispatcher['answer']>) => void dispatcher.answer(...request),
      onClientError: (reason: string) => metrics.clientErrors.inc({ reason }),
      onDrop: () => metrics.connectionsRefused.inc(),
    };
    const addresses = [options.listenAddress, ...(options.furtherAddresses ?? [])];
    this.#listeners = addresses.map((address) => new Listener(address, options, events));
    options.metrics.beforeRender(() => {
      metrics.requestsInFlight.set(dispatcher.inFlight);
      metrics.bytesInFlight.set(budget.usedBytes);
      metrics.bytesInFlightLimit.set(budget.limitBytes);
      metrics.connections.set(this.#connections);
    });
  }

  get address(): ListenAddress | undefined {
    return this.#addresses[0];
  }

  get addresses(): readonly ListenAddress[] {
    return this.#addresses;
  }

  get url(): string {
    if (this.address === undefined) {
      throw new TandemError('TANDEM_LIFECYCLE_STATE', 'cannot tell the URL: the server is not started');
    }
    return localUrl(this.address, this.#options.security?.tls === undefined ? 'http' : 'https');
  }

  addReadiness(name: string, check: ReadinessCheck): void {
    this.#readiness.add(name, check);
  }

  async start(): Promise<void> {
    for (const listener of this.#listeners) {
      const address = await listener.start();
      this.#addresses = [...this.#addresses, address];
      this.#options.logger.info({ address: addressText(address) }, this.#options.listeningMessage ?? 'listening');
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#close();
    return this.#stopping;
  }

  get #connections(): number {
    return this.#listeners.reduce((sum, listener) => sum + listener.connections, 0);
  }

  #createReadiness(): Readiness {
    const readiness = new Readiness(this.#options.readinessTimeoutMs ?? 2000);
    for (const [name, check] of Object.entries(this.#options.readiness ?? {})) readiness.add(name, check);
    readiness.add(this.name, () => (this.#stopping === undefined ? undefined : 'stopping'));
    return readiness;
  }

  async #close(): Promise<void> {
    const closed = Promise.all(this.#listeners.map((listener) => listener.close()));
    const sweep = setInterval(() => this.#listeners.forEach((listener) => listener.closeIdle()), IDLE_SWEEP_MS);
    const deadline = setTimeout(() => this.#cut(), this.#options.stopDeadlineMs ?? 8000);
    await closed;
    clearInterval(sweep);
    clearTimeout(deadline);
  }

  #cut(): void {
    this.#options.logger.warn({ connections: this.#connections }, 'requests under way were cut');
    for (const listener of this.#listeners) listener.cut();
  }
}

/** Those of the options, and the server's own where none of them has the place. */
function routesOf({ routes, routePrefix = '', metrics }: ServerOptions, readiness: Readiness): readonly Route[] {
  const taken = new Set(routes.map(({ path }) => path));
  const own = ownRoutes(readiness, metrics).map((route) => ({ ...route, path: `${routePrefix}${route.path}` }));
  return [...routes, ...own.filter(({ path }) => !taken.has(path))];
}

/** What every server answers. */
function ownRoutes(readiness: Readiness, metrics: Metrics): readonly Route[] {
  return [
    { method: 'GET', path: '/-/healthy', handler: () => ({ status: 200, body: 'Tandem is healthy.\n' }) },
    { method: 'GET', path: '/-/ready', handler: () => readiness.answer() },
    {
      method: 'GET',
      path: '/metrics',
      handler: async () => ({
        status: 200,
        headers: { 'content-type': metrics.contentType },
        body: await metrics.render(),
      }),
    },
  ];
}
