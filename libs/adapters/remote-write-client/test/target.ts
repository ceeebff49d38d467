import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { type AddressInfo } from 'node:net';

/** What a target was sent. */
export interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** How a target answers; `hang`: not at all, `reset`: it closes the connection. */
export type Reply =
  | 'hang'
  | 'reset'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** A remote-write target on loopback that answers as it is told. */
export class Target {
  readonly received: Received[] = [];
  reply: Reply = { status: 204 };
  connections = 0;
  readonly #server: Server;
  readonly #scheme: string;
  #port = 0;

  private constructor(tls: ServerOptions | undefined) {
    const listener: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        this.received.push({ method, url, headers, body: Buffer.concat(chunks) });
        if (this.reply === 'reset') response.destroy();
        else if (this.reply !== 'hang') response.writeHead(this.reply.status, this.reply.headers).end(this.reply.body);
      });
    };
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    this.#server.on('connection', () => this.connections++);
  }

  static async listen(tls?: ServerOptions): Promise<Target> {
    const target = new Target(tls);
    target.#server.listen(0, '127.0.0.1');
    await once(target.#server, 'listening');
    target.#port = (target.#server.address() as AddressInfo).port;
    return target;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.#port}/api/v1/write?tenant=x`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}
