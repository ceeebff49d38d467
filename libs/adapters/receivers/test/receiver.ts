import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createSecureServer, type Http2SecureServer, type SecureServerOptions } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, type Socket } from 'node:net';

/** What was received. */
export interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly version: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a path answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What answers: a reply, or `hang`: nothing. */
export type Answering = (received: Received) => Reply | 'hang';

/** How a receiver speaks. */
export interface ReceiverOptions {
  readonly tls?: SecureServerOptions;
  readonly http2?: boolean;
}

/** A receiver on loopback that remembers what it was sent. */
export class Receiver {
  readonly received: Received[] = [];
  answer: Answering = () => ({ status: 200, body: 'ok' });
  readonly #server: Server | Http2SecureServer;
  readonly #sockets = new Set<Socket>();
  readonly #scheme: string;
  #port = 0;

  private constructor({ tls, http2 = false }: ReceiverOptions) {
    const listener = (request: IncomingMessage, response: ServerResponse): void => void this.#take(request, response);
    this.#scheme = tls === undefined ? 'http' : 'https';
    if (tls === undefined) this.#server = createServer(listener);
    else if (http2) this.#server = createSecureServer({ ...tls, allowHTTP1: true }, listener as never);
    else this.#server = createTlsServer(tls, listener);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async listen(options: ReceiverOptions = {}): Promise<Receiver> {
    const receiver = new Receiver(options);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    receiver.#port = (receiver.#server.address() as AddressInfo).port;
    return receiver;
  }

  /** A URL of it; by another name of loopback where one is given. */
  url(path: string, host = '127.0.0.1'): string {
    return `${this.#scheme}://${host}:${this.#port}${path}`;
  }

  /** What a path was sent last. */
  last(path: string): Received {
    const found = this.received.findLast(({ url }) => url === path);
    if (found === undefined) throw new Error(`nothing came to ${path}`);
    return found;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers, httpVersion: version } = request;
    const received = { method, url, version, headers, body: Buffer.concat(chunks).toString('utf8') };
    this.received.push(received);
    const reply = this.answer(received);
    if (reply !== 'hang') response.writeHead(reply.status, { ...reply.headers }).end(reply.body);
  }
}
