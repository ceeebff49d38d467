/*
 * Types of the parts of kafkajs 2.2.4 this package stands on: its connections (TLS, SASL, request queue) and its request
 * codecs. They are not its public interface; its version is pinned, and no release is expected.
 */

declare module 'kafkajs/src/network/connection.js' {
  import { type Socket } from 'node:net';

  interface QueuedRequest {
    readonly entry: {
      readonly apiKey: number;
      readonly apiName: string;
      readonly apiVersion: number;
      readonly correlationId: number;
      readonly resolve: (answer: { readonly payload: Buffer }) => void;
      readonly reject: (error: unknown) => void;
    };
    readonly expectResponse: boolean;
    readonly requestTimeout: number | null;
    readonly sendRequest: () => void;
  }

  class Connection {
    constructor(options: object);
    readonly socket: Socket | undefined;
    readonly requestQueue: {
      push(request: QueuedRequest): void;
      rejectAll(error: Error): void;
      maybeThrottle(ms: number | undefined): void;
    };
    connect(): Promise<unknown>;
    disconnect(): Promise<unknown>;
    isConnected(): boolean;
    isAuthenticated(): boolean;
    setVersions(versions: object): void;
    setSupportAuthenticationProtocol(supported: boolean): void;
    authenticate(): Promise<void>;
    nextCorrelationId(): number;
  }
  export = Connection;
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import { type Socket } from 'node:net';

  type SocketFactory = (target: {
    readonly host: string;
    readonly port: number;
    readonly ssl?: object | null;
    readonly onConnect: () => void;
  }) => Socket;

  function createSocketFactory(): SocketFactory;
  export = createSocketFactory;
}

declare module 'kafkajs/src/protocol/requests/index.js' {
  interface Request {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<{ readonly buffer: Buffer }>;
  }
  interface Exchange {
    readonly request: Request;
    readonly response: { decode(payload: Buffer): Promise<object> };
  }
  interface Definition {
    protocol(options: { readonly version: number }): (fields: object) => Exchange;
  }
  const protocol: {
    readonly requests: Readonly<Record<string, Definition>>;
    lookup(versions: object): (apiKey: number, definition: Definition) => (fields: object) => Exchange;
  };
  export = protocol;
}

declare module 'kafkajs/src/protocol/requests/apiKeys.js' {
  const apiKeys: Readonly<Record<string, number>>;
  export = apiKeys;
}

declare module 'kafkajs/src/protocol/error.js' {
  const errors: {
    readonly errorCodes: readonly {
      readonly type: string;
      readonly code: number;
      readonly retriable: boolean;
      readonly message: string;
    }[];
  };
  export = errors;
}
