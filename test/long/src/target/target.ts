import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

import { exposition, RESET_EVERY_MS } from './readings.ts';

/** What both replicas of a pair scrape: a function of time, and a log of what was served when. */
export class Target {
  readonly #server: Server;
  readonly #beganMs = Date.now();
  readonly #servedAtMs: number[] = [];

  /** @param series how many it shows */
  constructor(series: number) {
    this.#server = createServer((_request, response) => {
      const atMs = Date.now();
      this.#servedAtMs.push(atMs);
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
      response.end(exposition(atMs - this.#beganMs, series));
    });
  }

  /** Listens on a free port of the loopback. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** When scrapes were answered, in order, Unix ms. */
  get servedAtMs(): readonly number[] {
    return this.#servedAtMs;
  }

  /** When the clock gauge said this, Unix ms. */
  timeOf(clockSeconds: number): number {
    return this.#beganMs + Math.round(clockSeconds * 1000);
  }

  /** Whether a part of the counters began anew within a span, Unix ms. */
  resetsWithin(fromMs: number, toMs: number): boolean {
    const resets = (atMs: number): number => Math.floor((atMs - this.#beganMs) / RESET_EVERY_MS);
    return resets(toMs) > resets(fromMs);
  }

  /** Stops listening and cuts what is open. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
