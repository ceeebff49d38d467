import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { until } from '@tandem/testing';

/** A notification, as it came to the webhook. */
export interface Delivery {
  /** Name of the instance that sent it, from its `X-Sender`. */
  readonly sender: string;
  readonly groupKey: string;
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
  /** When it came, Unix ms. */
  readonly atMs: number;
  /** What it was answered; `undefined` where nothing was, so far, or where the sender had gone by then. */
  readonly answered: () => number | undefined;
}

/** What a delivery is answered: a status, now or later. */
export type Behaviour = (delivery: Delivery) => number | Promise<number>;

/** A webhook that notes what comes, and answers as it is told. */
export class Webhook {
  readonly deliveries: Delivery[] = [];
  readonly #server: Server;
  #behaviour: Behaviour = () => 200;
  #underWay = 0;
  #most = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a free port of the loopback. */
  static async start(): Promise<Webhook> {
    const server = createServer();
    const webhook = new Webhook(server);
    server.on('request', (request, response) => void webhook.#take(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return webhook;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** The most requests that were open at once since it was last told how to behave. */
  get most(): number {
    return this.#most;
  }

  /** From now on deliveries are answered like this. */
  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
    this.#most = 0;
  }

  /** Deliveries about an alert, in order. */
  about(alertname: string): readonly Delivery[] {
    return this.deliveries.filter(({ alerts }) => alerts.some(({ labels }) => labels['alertname'] === alertname));
  }

  /** Waits for so many deliveries about an alert. @returns them */
  async untilTold(alertname: string, times: number, timeoutMs = 60_000): Promise<readonly Delivery[]> {
    await until(() => this.about(alertname).length >= times, {
      what: `delivery ${times} about ${alertname}`,
      timeoutMs,
      detail: () => JSON.stringify(this.deliveries, undefined, 1),
    });
    return this.about(alertname);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#most = Math.max(this.#most, ++this.#underWay);
    response.once('close', () => (this.#underWay -= 1));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Pick<Delivery, 'groupKey' | 'status' | 'alerts'>;
    const answer: { status?: number } = {};
    const { groupKey, alerts } = body;
    const sender = String(request.headers['x-sender']);
    const delivery = { sender, groupKey, status: body.status, alerts, atMs: Date.now(), answered: () => answer.status };
    this.deliveries.push(delivery);
    const status = await this.#behaviour(delivery);
    if (response.closed) return;
    answer.status = status;
    response.writeHead(status).end();
  }
}
