import { type Server, type ServerResponse } from 'node:http';
import { type Server as TlsServer } from 'node:https';
import { type Duplex } from 'node:stream';

/** The status answered to what is no proper request, by Node's code of it; others are 400. */
const STATUS: ReadonlyMap<string, readonly [status: string, reason: string]> = new Map([
  ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', 'headers-too-large']],
  ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'timeout']],
]);
const BAD_REQUEST = ['400 Bad Request', 'malformed'] as const;

/** The open connections of a server, each with the answer last begun on it. */
export class Connections {
  /** `undefined` for a connection on which no request has come yet. */
  readonly #open = new Map<Duplex, ServerResponse | undefined>();
  readonly #onClientError: (reason: string) => void;

  constructor(server: Server | TlsServer, onClientError: (reason: string) => void) {
    this.#onClientError = onClientError;
    // With TLS a request's connection is the encrypted one, which is there once the handshake is done.
    server.on('setSecureContext' in server ? 'secureConnection' : 'connection', (socket: Duplex) => {
      this.#open.set(socket, undefined);
      socket.once('close', () => this.#open.delete(socket));
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#answerClientError(error, socket));
  }

  get count(): number {
    return this.#open.size;
  }

  /** Notes that a request began on a connection. */
  begin(socket: Duplex, outgoing: ServerResponse): void {
    this.#open.set(socket, outgoing);
  }

  /** Closes connections on which no request has come: Node takes them for busy until their headers are overdue. */
  closeUnused(): void {
    for (const [socket, outgoing] of this.#open) {
      if (outgoing === undefined) socket.destroy();
    }
  }

  #answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const [status, reason] = STATUS.get(error.code ?? '') ?? BAD_REQUEST;
    this.#onClientError(reason);
    // An answer that has begun cannot be replaced by another.
    const current = this.#open.get(socket);
    const begun = current?.headersSent === true && !current.writableFinished;
    if (begun) socket.destroy();
    else socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  }
}
