import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type SocketFactory } from '../../src/wire/connection.ts';

const NOBODY_LISTENS = 1;

/** Sockets that can be cut, for good: to the brokers a client then looks as if it had crashed. */
export class SeverableSockets {
  readonly #open = new Set<Socket>();
  #severed = false;

  readonly factory: SocketFactory = ({ host, port, ssl, onConnect }) => {
    const target = this.#severed ? { host: '127.0.0.1', port: NOBODY_LISTENS } : { host, port };
    const socket = ssl == null ? connect(target, onConnect) : connectTls({ ...target, ...ssl }, onConnect);
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  };

  /** Cuts everything, and lets nothing be opened any more. */
  sever(): void {
    this.#severed = true;
    this.cut();
  }

  /** Cuts what is open. */
  cut(): void {
    for (const socket of this.#open) socket.destroy(new Error('cut'));
  }
}
