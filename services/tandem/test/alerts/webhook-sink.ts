import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A notification as a webhook gets it. */
export interface Delivery {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly groupKey: string;
  readonly externalURL: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
}

/** A webhook that keeps what it is told. */
export class WebhookSink {
  readonly deliveries: Delivery[] = [];
  /** What requests wait for before they are answered. */
  gate: Promise<void> | undefined;
  /** Status of the answers. */
  status = 200;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a free port of the loopback. */
  static async start(): Promise<WebhookSink> {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const sink = new WebhookSink(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        sink.deliveries.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Delivery);
        void (sink.gate ?? Promise.resolve()).then(() => response.writeHead(sink.status).end());
      });
    });
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** How often a group of the alert was delivered in a status. */
  count(alertname: string, status: 'firing' | 'resolved' = 'firing'): number {
    const fits = ({ labels }: Delivery['alerts'][number]): boolean => labels['alertname'] === alertname;
    return this.deliveries.filter((delivery) => delivery.status === status && delivery.alerts.some(fits)).length;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }
}
