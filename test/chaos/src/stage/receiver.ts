import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

import { protocolOf } from '@tandem/remote-write';

import { type Random } from '../random.ts';
import { placeOf, samplesOf, type Sample } from '../samples.ts';

/** Of every eighty requests about one is taken and its answer lost, and about one refused for now. */
const TROUBLE_RATE = 1 / 80;

/** A request as it was taken by the target, whether or not the sender heard so. */
export interface Delivery {
  readonly samples: readonly Sample[];
}

/** The target of forward: keeps what arrives in the order it arrives, and is not always well. */
export class Receiver {
  readonly #server: Server;
  readonly #random: Random;
  readonly #deliveries: Delivery[] = [];
  readonly #places = new Set<string>();
  readonly #problems: string[] = [];

  constructor(random: Random) {
    this.#random = random;
    this.#server = createServer((request, response) => {
      this.#take(request).then(
        (status) => {
          if (status === 0) request.socket.destroy();
          else response.writeHead(status).end();
        },
        // Cut while it was sent: that request was never taken.
        () => request.socket.destroy(),
      );
    });
  }

  /** Listens on a free port of the loopback. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** Where remote write goes. */
  get writeUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v1/write`;
  }

  /** Everything taken, in order. */
  get deliveries(): readonly Delivery[] {
    return this.#deliveries;
  }

  /** Requests that were none. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Whether a sample has arrived. */
  has(sample: Sample): boolean {
    return this.#places.has(placeOf(sample));
  }

  /** Stops listening and cuts what is open. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The status to answer with; 0: the answer gets lost. */
  async #take(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.#random.chance(TROUBLE_RATE)) return 503;
    const protocol = protocolOf(request.headers['content-type']);
    if (!protocol.ok) return this.#problem(protocol.problem.message);
    try {
      const samples = samplesOf(protocol.protocol, Buffer.concat(chunks));
      this.#deliveries.push({ samples });
      for (const sample of samples) this.#places.add(placeOf(sample));
    } catch (error) {
      return this.#problem(String(error));
    }
    return this.#random.chance(TROUBLE_RATE) ? 0 : 204;
  }

  #problem(problem: string): number {
    this.#problems.push(problem);
    return 400;
  }
}
