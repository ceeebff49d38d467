import { type Socket } from 'node:net';
import { type Logger } from '@tandem/telemetry';
import Connection from 'kafkajs/src/network/connection.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import protocol from 'kafkajs/src/protocol/requests/index.js';
import { type Exchanges, type RequestName } from './messages.ts';

/** Where a broker listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Opens the socket of a connection. */
export type SocketFactory = (
  target: Address & { readonly ssl?: object | null; readonly onConnect: () => void },
) => Socket;

/** What connections have in common. */
export interface ConnectionSettings {
  readonly clientId: string;
  /** Options of `tls.connect`; `null` for none. */
  readonly ssl: object | null;
  /** In the terms of kafkajs; `null` for none. */
  readonly sasl: object | null;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly logger: Logger;
  /** Default: plain TCP or TLS. */
  readonly sockets?: SocketFactory | undefined;
}

/** A request encoded here, for what kafkajs encodes too slowly or not at all. */
export interface EncodedRequest {
  readonly name: 'Produce' | 'Fetch' | 'OffsetFetch';
  readonly version: number;
  /** The body, in pieces that are written one after the other, uncopied. */
  readonly body: readonly Uint8Array[];
}

interface Frame {
  readonly apiKey: number;
  readonly apiName: string;
  readonly apiVersion: number;
  readonly body: readonly Uint8Array[];
}

type Versions = Record<number, { readonly minVersion: number; readonly maxVersion: number }>;

/** The connection was lost, or gave no answer in time; whether the request was carried out is unknown. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/**
 * One authenticated TCP connection to a broker. A broker serves the requests of a connection one after the other, so
 * what waits (fetches, joining a group) gets a connection of its own. A request that is not answered in time closes
 * it: nothing sent later can then overtake.
 */
export class BrokerConnection {
  readonly address: Address;
  readonly #connection: Connection;
  readonly #settings: ConnectionSettings;
  #versions: Versions = {};

  private constructor(address: Address, settings: ConnectionSettings) {
    this.address = address;
    this.#settings = settings;
    this.#connection = new Connection({
      ...address,
      logger: quiet(settings.logger),
      socketFactory: settings.sockets ?? createSocketFactory(),
      ssl: settings.ssl,
      sasl: settings.sasl,
      clientId: settings.clientId,
      connectionTimeout: settings.connectTimeoutMs,
      requestTimeout: settings.requestTimeoutMs,
      // Its own check would leave the connection open.
      enforceRequestTimeout: false,
    });
  }

  /** Connects, agrees on versions, and authenticates. */
  static async open(address: Address, settings: ConnectionSettings): Promise<BrokerConnection> {
    const opened = new BrokerConnection(address, settings);
    try {
      // A peer that hangs up before the connection stands leaves the promise of kafkajs unsettled.
      await opened.#withTimeout(settings.connectTimeoutMs, 'connecting', opened.#connection.connect());
      await opened.#agree();
      await opened.#withTimeout(settings.connectTimeoutMs, 'authentication', opened.#connection.authenticate());
    } catch (error) {
      opened.close();
      throw error;
    }
    return opened;
  }

  async #agree(): Promise<void> {
    const request = protocol.requests['ApiVersions']?.protocol({ version: 1 });
    if (request === undefined) throw new Error('kafkajs cannot ask for versions');
    const answer = (await this.#exchange(request({}), this.#settings.connectTimeoutMs)) as {
      readonly apiVersions: readonly { apiKey: number; minVersion: number; maxVersion: number }[];
    };
    this.#versions = Object.fromEntries(answer.apiVersions.map((one) => [one.apiKey, one]));
    this.#connection.setVersions(this.#versions);
    this.#connection.setSupportAuthenticationProtocol(apiKey('SaslAuthenticate') in this.#versions);
  }

  /** Resolves when the broker answers. */
  ping(): Promise<void> {
    return this.#agree();
  }

  /** Whether requests may still be sent. */
  get alive(): boolean {
    return this.#connection.isConnected();
  }

  /** Sends a request and returns the decoded answer; error codes in it are for the caller to look at. */
  async call<Name extends RequestName>(
    name: Name,
    fields: Exchanges[Name]['fields'],
    timeoutMs: number = this.#settings.requestTimeoutMs,
  ): Promise<Exchanges[Name]['answer']> {
    const definition = protocol.requests[name];
    if (definition === undefined) throw new Error(`kafkajs does not know ${name}`);
    const exchange = protocol.lookup(this.#versions)(apiKey(name), definition)(fields);
    return (await this.#exchange(exchange, timeoutMs)) as Exchanges[Name]['answer'];
  }

  async #exchange(
    { request, response }: ReturnType<ReturnType<ReturnType<typeof protocol.lookup>>>,
    timeoutMs: number,
  ): Promise<object> {
    const { buffer } = await request.encode();
    const payload = await this.#send({ ...request, body: [buffer] }, timeoutMs);
    const answer = (await response.decode(payload)) as { readonly clientSideThrottleTime?: number };
    this.#connection.requestQueue.maybeThrottle(answer.clientSideThrottleTime);
    return answer;
  }

  /** Sends a request encoded here and returns the bytes of the answer's body. */
  async send(request: EncodedRequest, timeoutMs: number = this.#settings.requestTimeoutMs): Promise<Buffer> {
    const { name, version, body } = request;
    return this.#send({ apiKey: apiKey(name), apiName: name, apiVersion: version, body }, timeoutMs);
  }

  async #send(frame: Frame, timeoutMs: number): Promise<Buffer> {
    const opening = frame.apiName === 'ApiVersions';
    if (!opening && !this.#connection.isAuthenticated()) await this.#connection.authenticate();
    const answered = new Promise<{ readonly payload: Buffer }>((resolve, reject) => {
      if (!this.alive) throw new ConnectionLostError(`the connection to ${this.#name} is closed`);
      const correlationId = this.#connection.nextCorrelationId();
      this.#connection.requestQueue.push({
        entry: { ...frame, correlationId, resolve, reject },
        expectResponse: true,
        requestTimeout: null,
        sendRequest: () => this.#write(frame, correlationId),
      });
    });
    return (await this.#withTimeout(timeoutMs, frame.apiName, answered)).payload;
  }

  #write(frame: Frame, correlationId: number): void {
    const { socket } = this.#connection;
    if (socket === undefined) throw new ConnectionLostError(`no connection to ${this.#name}`);
    socket.cork();
    socket.write(header(frame, correlationId, this.#settings.clientId));
    for (const piece of frame.body) socket.write(piece);
    socket.uncork();
  }

  #withTimeout<T>(timeoutMs: number, what: string, answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const error = new ConnectionLostError(`no answer to ${what} from ${this.#name} within ${timeoutMs} ms`);
        this.#abandon(error);
        reject(error);
      }, timeoutMs);
      answer.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  get #name(): string {
    return `${this.address.host}:${this.address.port}`;
  }

  /** Closes it; requests without an answer fail. Idempotent. */
  close(): void {
    this.#abandon(new ConnectionLostError(`the connection to ${this.#name} was closed`));
  }

  #abandon(error: Error): void {
    this.#connection.requestQueue.rejectAll(error);
    void this.#connection.disconnect().catch(() => undefined);
    this.#connection.socket?.destroy();
  }
}

function apiKey(name: string): number {
  const key = apiKeys[name];
  if (key === undefined) throw new Error(`kafkajs does not know ${name}`);
  return key;
}

/** Size, request header version 1. */
function header({ apiKey: key, apiVersion, body }: Frame, correlationId: number, clientId: string): Buffer {
  const idBytes = Buffer.byteLength(clientId);
  const bytes = Buffer.allocUnsafe(14 + idBytes);
  const size = body.reduce((sum, piece) => sum + piece.length, 10 + idBytes);
  bytes.writeInt32BE(size, 0);
  bytes.writeInt16BE(key, 4);
  bytes.writeInt16BE(apiVersion, 6);
  bytes.writeInt32BE(correlationId, 8);
  bytes.writeInt16BE(idBytes, 12);
  bytes.write(clientId, 14);
  return bytes;
}

/** kafkajs calls every passing thing an error; what matters is told by the errors it throws. Its fields are not passed on. */
function quiet(logger: Logger): object {
  const debug = (message: string): void => logger.debug({}, message);
  const nothing = (): void => undefined;
  const adapted = { namespace: (): object => adapted, error: debug, warn: debug, info: nothing, debug: nothing };
  return adapted;
}
