import { connect, createServer, type Server, type Socket } from 'node:net';
import { type AddressInfo } from 'node:net';

import { type Random } from '../random.ts';

/**
 * A way to a server on which answers get lost: the server has answered, and the connection is cut before the sender
 * hears of it.
 */
export class LossyProxy {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #lost = 0;

  constructor(port: number, lossRate: number, random: Random) {
    this.#server = createServer((client) => {
      const upstream = connect(port, '127.0.0.1');
      const cut = (): void => {
        client.destroy();
        upstream.destroy();
      };
      for (const socket of [client, upstream]) {
        this.#open.add(socket);
        socket.setNoDelay();
        socket.on('error', cut).on('close', () => {
          this.#open.delete(socket);
          cut();
        });
      }
      client.pipe(upstream);
      upstream.on('data', (answer: Buffer) => {
        if (random.chance(lossRate)) {
          this.#lost++;
          cut();
        } else client.write(answer);
      });
    });
  }

  /** Answers that were lost here. */
  get lost(): number {
    return this.#lost;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Listens on a free port of the loopback. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** Cuts everything. */
  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
