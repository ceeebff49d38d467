import {
  createServer as createPlainServer,
  type IncomingMessage,
  type Server,
  type ServerOptions as NodeOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { type Socket } from 'node:net';
import { type TLSSocket } from 'node:tls';

import { describeError } from '@tandem/errors';
import { type Logger } from '@tandem/telemetry';

import { Connections } from './connections.ts';
import { listen } from './listen.ts';
import { type ListenAddress, type ServerOptions } from './options.ts';
import { type ServerTls } from './security/server-security.ts';

/** What a listener tells its server. */
export interface ListenerEvents {
  readonly onRequest: (incoming: IncomingMessage, outgoing: ServerResponse, expectsContinue: boolean) => void;
  /** What came was no request, or none that could be read. */
  readonly onClientError: (reason: string) => void;
  /** A connection was closed at once: there were too many. */
  readonly onDrop: () => void;
}

/** One address that is listened on, and its connections. */
export class Listener {
  readonly #server: Server | TlsServer;
  readonly #connections: Connections;
  readonly #handshakes: Handshakes | undefined;
  readonly #asked: ListenAddress;

  constructor(asked: ListenAddress, options: ServerOptions, events: ListenerEvents) {
    this.#asked = asked;
    this.#server = createListener(options, events);
    this.#connections = new Connections(this.#server, events.onClientError);
    this.#handshakes = 'setSecureContext' in this.#server ? new Handshakes(this.#server) : undefined;
    const serve = (expectsContinue: boolean) => (incoming: IncomingMessage, outgoing: ServerResponse) => {
      this.#connections.begin(incoming.socket, outgoing);
      events.onRequest(incoming, outgoing, expectsContinue);
    };
    this.#server.on('request', serve(false)).on('checkContinue', serve(true));
    this.#server.on('drop', events.onDrop);
  }

  /** Open connections. */
  get connections(): number {
    return this.#connections.count;
  }

  /** Listens, and gives the actual address. @throws {TandemError} when it cannot be listened on */
  start(): Promise<ListenAddress> {
    return listen(this.#server, this.#asked);
  }

  /** Takes no more connections, and resolves when the last one has ended. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    this.#connections.closeUnused();
    this.#handshakes?.cut();
    await closed;
  }

  /** Closes connections on which nothing is under way. */
  closeIdle(): void {
    this.#server.closeIdleConnections();
  }

  /** Cuts all connections. */
  cut(): void {
    this.#server.closeAllConnections();
  }
}

/** Connections whose handshake is not done: Node closes those with requests, not these. */
class Handshakes {
  readonly #pending = new Map<string, Socket>();

  constructor(server: TlsServer) {
    server.on('connection', (socket: Socket) => {
      const name = nameOf(socket);
      this.#pending.set(name, socket);
      socket.once('close', () => this.#pending.delete(name));
    });
    server.on('secureConnection', (socket: TLSSocket) => this.#pending.delete(nameOf(socket)));
  }

  /** Ends them. */
  cut(): void {
    for (const socket of this.#pending.values()) socket.destroy();
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? ''}`;
}

function createListener(options: ServerOptions, events: ListenerEvents): Server | TlsServer {
  const nodeOptions = limitsOf(options);
  const tls = options.security?.tls;
  const server =
    tls === undefined ? createPlainServer(nodeOptions) : createSecure(tls, { nodeOptions, options, events });
  server.timeout = options.socketTimeoutMs ?? 120_000;
  server.maxConnections = options.maxConnections ?? 10_000;
  return server;
}

/** Limits that Node keeps itself. */
function limitsOf(options: ServerOptions): NodeOptions {
  return {
    maxHeaderSize: options.maxHeaderBytes ?? 16 * 1024,
    headersTimeout: options.headersTimeoutMs ?? 10_000,
    requestTimeout: options.requestTimeoutMs ?? 60_000,
    keepAliveTimeout: options.keepAliveTimeoutMs ?? 330_000,
    // How often the two timeouts are enforced; Node's 30 s would triple the first.
    connectionsCheckingInterval: Math.min(2000, options.headersTimeoutMs ?? 2000, options.requestTimeoutMs ?? 2000),
    noDelay: true,
  };
}

interface SecureParts {
  readonly nodeOptions: NodeOptions;
  readonly options: ServerOptions;
  readonly events: ListenerEvents;
}

/** Certificates are read again before a handshake that comes after they changed; those that cannot be read do not replace the old ones. */
function createSecure(tls: ServerTls, { nodeOptions, options, events }: SecureParts): TlsServer {
  const server = createTlsServer({
    ...nodeOptions,
    ...tls.context(),
    requestCert: tls.asksClients,
    // Which certificates are good enough is the policy's to say, below.
    rejectUnauthorized: false,
    handshakeTimeout: options.headersTimeoutMs ?? 10_000,
  });
  let version = tls.version();
  // Before Node's own listener, which begins the handshake.
  server.prependListener('connection', () => {
    const now = tls.version();
    if (now === version) return;
    version = now;
    renew(server, tls, options.logger);
  });
  server.prependListener('secureConnection', (socket) => {
    const refusal = tls.refusal(socket);
    if (refusal === undefined) return;
    events.onClientError('certificate');
    socket.destroy();
  });
  server.on('tlsClientError', () => events.onClientError('handshake'));
  return server;
}

function renew(server: TlsServer, tls: ServerTls, logger: Logger): void {
  try {
    server.setSecureContext(tls.context());
  } catch (error) {
    logger.error({ error: describeError(error) }, 'certificates cannot be used, those before stay');
  }
}
