import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What the benchmark reads of a webhook's body. */
interface WebhookBody {
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

/** Takes notifications, and notes when each alert first came. */
export class WebhookSink {
  readonly #server: Server;
  readonly #firstMs = new Map<string, number>();
  #notifications = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a free port of the loopback. */
  static async start(): Promise<WebhookSink> {
    const server = createServer();
    const sink = new WebhookSink(server);
    server.on('request', (request, response) => {
      void sink.#take(request).then(() => response.writeHead(200).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Requests that came. */
  get notifications(): number {
    return this.#notifications;
  }

  /** Alerts that came, by their `instance`. */
  get alerts(): number {
    return this.#firstMs.size;
  }

  /** When an alert first came, by its `instance`; of `performance.now()`. */
  firstMs(instance: string): number | undefined {
    return this.#firstMs.get(instance);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const nowMs = performance.now();
    const { alerts } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as WebhookBody;
    this.#notifications += 1;
    for (const { labels } of alerts) {
      const { instance } = labels;
      if (instance !== undefined && !this.#firstMs.has(instance)) this.#firstMs.set(instance, nowMs);
    }
  }
}
