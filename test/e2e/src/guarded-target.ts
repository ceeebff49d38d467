import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** The number a replica is told by in the gauge `reader`. */
export const READERS: Readonly<Record<string, number>> = { a: 1, b: 2 };

/**
 * A target that can refuse some replicas, as a firewall would. Who scrapes says so in the query, `?replica=a`, so that the
 * target is the same for all. What it shows is a function of time, but for the gauge `reader`: who has scraped it.
 */
export class GuardedTarget {
  readonly #server: Server;
  readonly #beganMs = Date.now();
  readonly #refused = new Set<string>();

  constructor() {
    this.#server = createServer((request, response) => {
      const replica = new URL(request.url ?? '/', 'http://target').searchParams.get('replica') ?? '';
      if (this.#refused.has(replica)) {
        request.socket.destroy();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
      response.end(exposition(Date.now() - this.#beganMs, READERS[replica] ?? 0));
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

  /** These cannot scrape it any more. */
  refuse(...replicas: readonly string[]): void {
    for (const replica of replicas) this.#refused.add(replica);
  }

  /** All can scrape it again. */
  serve(): void {
    this.#refused.clear();
  }

  /** Stops listening and cuts what is open. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function exposition(elapsedMs: number, reader: number): string {
  const counters = [1, 2, 3].map((zone) => `requests_total{zone="${zone}"} ${elapsedMs * zone}`);
  return [
    '# TYPE requests_total counter',
    ...counters,
    '# TYPE temperature gauge',
    `temperature ${Math.sin(elapsedMs / 1000)}`,
    '# TYPE reader gauge',
    `reader ${reader}`,
    '',
  ].join('\n');
}
