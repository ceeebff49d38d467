import { connect, createServer, type Server, type Socket } from 'node:net';
import { type SocketFactory } from '../../src/wire/connection.ts';

const PRODUCE = 0;

/** A Produce request that went through. */
export interface SeenProduce {
  readonly acks: number;
  answered: boolean;
}

/** A TCP proxy in front of the brokers that reads the Produce requests passing through it. */
export class ProduceTap {
  readonly seen: SeenProduce[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: { host: string; port: number };

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#relay(client));
  }

  static async start(broker: string): Promise<ProduceTap> {
    const [host = '', port = ''] = broker.split(':');
    const tap = new ProduceTap({ host, port: Number(port) });
    await new Promise<void>((resolve) => tap.#server.listen(0, '127.0.0.1', resolve));
    return tap;
  }

  /** Leads every connection through the proxy. */
  readonly factory: SocketFactory = ({ onConnect }) => {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    return connect({ host: '127.0.0.1', port: address.port }, onConnect);
  };

  #relay(client: Socket): void {
    const broker = connect(this.#target);
    const waiting = new Map<number, SeenProduce>();
    this.#sockets.add(client).add(broker);
    eachFrame(client, (frame) => {
      if (frame.readInt16BE(4) !== PRODUCE) return;
      const produce = { acks: acksOf(frame), answered: false };
      this.seen.push(produce);
      waiting.set(frame.readInt32BE(8), produce);
    });
    eachFrame(broker, (frame) => {
      const produce = waiting.get(frame.readInt32BE(4));
      if (produce !== undefined) produce.answered = true;
    });
    client.on('error', () => broker.destroy()).pipe(broker);
    broker.on('error', () => client.destroy()).pipe(client);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Size, key, version, correlation id, client id, transactional id, acks. */
function acksOf(frame: Buffer): number {
  const afterClient = 14 + Math.max(0, frame.readInt16BE(12));
  return frame.readInt16BE(afterClient + 2 + Math.max(0, frame.readInt16BE(afterClient)));
}

function eachFrame(socket: Socket, handle: (frame: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const size = 4 + rest.readInt32BE(0);
      handle(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
  });
}
