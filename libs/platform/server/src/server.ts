import { createServer as createNodeServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { TandemError } from '@tandem/errors';
import { throttleLogger, type Metrics } from '@tandem/telemetry';

import { ByteBudget } from './byte-budget.ts';
import { Connections } from './connections.ts';
import { Dispatcher } from './dispatcher.ts';
import { type ReadinessCheck, type Route } from './http.ts';
import { addressText, listen, localUrl } from './listen.ts';
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
  readonly #server: Server;
  readonly #connections: Connections;
  #address: ListenAddress | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#readiness = this.#createReadiness();
    const metrics = options.metrics.instruments(SERVER_METRICS);
    const budget = new ByteBudget(options.maxBytesInFlight ?? 256 * MIB);
    const dispatcher = new Dispatcher({
      router: new Router([...options.routes, ...ownRoutes(this.#readiness, options.metrics)]),
      budget,
      metrics,
      logger: throttleLogger(options.logger),
      maxBodyBytes: options.maxBodyBytes ?? 32 * MIB,
      isStopping: () => this.#stopping !== undefined,
    });
    this.#server = createListener(options);
    this.#connections = new Connections(this.#server, (reason) => metrics.clientErrors.inc({ reason }));
    this.#serve(dispatcher);
    this.#server.on('drop', () => metrics.connectionsRefused.inc());
    options.metrics.beforeRender(() => {
      metrics.requestsInFlight.set(dispatcher.inFlight);
      metrics.bytesInFlight.set(budget.usedBytes);
      metrics.bytesInFlightLimit.set(budget.limitBytes);
      metrics.connections.set(this.#connections.count);
    });
  }

  get address(): ListenAddress | undefined {
    return this.#address;
  }

  get url(): string {
    if (this.#address === undefined) {
      throw new TandemError('TANDEM_LIFECYCLE_STATE', 'cannot tell the URL: the server is not started');
    }
    return localUrl(this.#address);
  }

  addReadiness(name: string, check: ReadinessCheck): void {
    this.#readiness.add(name, check);
  }

  async start(): Promise<void> {
    this.#address = await listen(this.#server, this.#options.listenAddress);
    this.#options.logger.info({ address: addressText(this.#address) }, 'listening');
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#close();
    return this.#stopping;
  }

  #serve(dispatcher: Dispatcher): void {
    const serve = (expectsContinue: boolean) => (incoming: IncomingMessage, outgoing: ServerResponse) => {
      this.#connections.begin(incoming.socket, outgoing);
      void dispatcher.answer(incoming, outgoing, expectsContinue);
    };
    this.#server.on('request', serve(false)).on('checkContinue', serve(true));
  }

  #createReadiness(): Readiness {
    const readiness = new Readiness(this.#options.readinessTimeoutMs ?? 2000);
    for (const [name, check] of Object.entries(this.#options.readiness ?? {})) readiness.add(name, check);
    readiness.add(this.name, () => (this.#stopping === undefined ? undefined : 'stopping'));
    return readiness;
  }

  async #close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    this.#connections.closeUnused();
    const sweep = setInterval(() => this.#server.closeIdleConnections(), IDLE_SWEEP_MS);
    const deadline = setTimeout(() => this.#cut(), this.#options.stopDeadlineMs ?? 8000);
    await closed;
    clearInterval(sweep);
    clearTimeout(deadline);
  }

  #cut(): void {
    this.#options.logger.warn({ connections: this.#connections.count }, 'requests under way were cut');
    this.#server.closeAllConnections();
  }
}

function createListener(options: ServerOptions): Server {
  const server = createNodeServer({
    maxHeaderSize: options.maxHeaderBytes ?? 16 * 1024,
    headersTimeout: options.headersTimeoutMs ?? 10_000,
    requestTimeout: options.requestTimeoutMs ?? 60_000,
    keepAliveTimeout: options.keepAliveTimeoutMs ?? 330_000,
    // How often the two timeouts are enforced; Node's 30 s would triple the first.
    connectionsCheckingInterval: Math.min(2000, options.headersTimeoutMs ?? 2000, options.requestTimeoutMs ?? 2000),
    noDelay: true,
  });
  server.timeout = options.socketTimeoutMs ?? 120_000;
  server.maxConnections = options.maxConnections ?? 10_000;
  return server;
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
