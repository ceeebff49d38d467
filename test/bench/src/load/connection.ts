import { connect, type Socket } from 'node:net';
import { AnswerReader } from './answer-reader.ts';

const READ_BUFFER_BYTES = 64 * 1024;

/** What happens on a connection. */
export interface ConnectionEvents {
  /** The answer to the request under way came; the next request may be sent. */
  readonly answered: () => void;
  /** The connection broke, or an answer was not 2xx. */
  readonly failed: (error: Error) => void;
}

/** A connection kept open: whole requests go out as one buffer, answers are read into one that is used again. */
export class Connection {
  readonly #socket: Socket;
  readonly #answers = new AnswerReader();
  readonly #events: ConnectionEvents;

  private constructor(socket: Socket, events: ConnectionEvents) {
    this.#socket = socket;
    this.#events = events;
  }

  /** Connects. */
  static open(url: URL, events: ConnectionEvents): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const opened: { connection?: Connection } = {};
      const socket = connect({
        host: url.hostname,
        port: Number(url.port),
        noDelay: true,
        onread: {
          buffer: new Uint8Array(READ_BUFFER_BYTES),
          callback: (length, buffer) => {
            opened.connection?.received(buffer.subarray(0, length));
            return true;
          },
        },
      });
      const connection = new Connection(socket, events);
      opened.connection = connection;
      socket.once('connect', () => resolve(connection));
      socket.on('error', (error) => {
        reject(error);
        events.failed(error);
      });
      socket.on('close', () => events.failed(new Error('the server closed a connection')));
    });
  }

  /** Sends a whole request. */
  send(request: Uint8Array): void {
    this.#socket.write(request);
  }

  /** Takes bytes that came. */
  received(bytes: Uint8Array): void {
    try {
      const answer = this.#answers.push(bytes);
      if (answer === undefined) return;
      if (answer.status >= 200 && answer.status < 300) this.#events.answered();
      else this.#events.failed(new Error(`the server answered ${answer.status}: ${answer.body.slice(0, 200).trim()}`));
    } catch (error) {
      this.#events.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Closes it, without waiting. */
  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }
}
