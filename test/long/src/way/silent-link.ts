import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A way to a port of the loopback that can go silent, as a network that drops packets does: connections stay open and
 * are taken, and nothing comes through in either direction until it heals.
 */
export class SilentLink {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #silent = false;

  constructor(port: number) {
    this.#server = createServer((client) => {
      const upstream = connect(port, '127.0.0.1');
      this.#join(client, upstream);
      this.#join(upstream, client);
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

  /** From now on nothing comes through. */
  silence(): void {
    this.#silent = true;
    for (const socket of this.#open) socket.pause();
  }

  /** What was held up goes on, and everything after it. */
  heal(): void {
    this.#silent = false;
    for (const socket of this.#open) socket.resume();
  }

  /** Cuts everything. */
  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(from: Socket, to: Socket): void {
    this.#open.add(from);
    from.setNoDelay();
    from.on('data', (bytes: Buffer) => to.write(bytes));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#open.delete(from);
      to.destroy();
    });
    if (this.#silent) from.pause();
  }
}
