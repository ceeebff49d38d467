import { type Logger, type Metrics } from '@tandem/telemetry';

import { type ReadinessCheck, type Route } from './http.ts';
import { type ServerSecurity } from './security/server-security.ts';

/** Where to listen: port 0 takes a free one, an empty host means every address of the machine. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What a server is made of. Sizes are bytes, times ms. */
export interface ServerOptions {
  readonly listenAddress: ListenAddress;
  /** Where to listen as well. */
  readonly furtherAddresses?: readonly ListenAddress[];
  /** One of the path of a route the server has itself takes its place. */
  readonly routes: readonly Route[];
  /** What stands before the paths of the routes the server has itself. Default nothing. */
  readonly routePrefix?: string;
  /** TLS, users, and headers of every answer. Default none of them. */
  readonly security?: ServerSecurity;
  readonly logger: Logger;
  /** What is logged, with the field `address`, when an address is listened on. Default `listening`. */
  readonly listeningMessage?: string;
  readonly metrics: Metrics;
  /** Asked by `/-/ready`, under the names given here; more can be added with `addReadiness`. */
  readonly readiness?: Readonly<Record<string, ReadinessCheck>>;
  /** Longest body of a route without its own limit. Default 32 MiB. */
  readonly maxBodyBytes?: number;
  /** Bodies (and what handlers reserve) of all requests under way. Default 256 MiB. */
  readonly maxBytesInFlight?: number;
  /** Longest request line and headers. Default 16 KiB. */
  readonly maxHeaderBytes?: number;
  /** Connections beyond are closed at once. Default 10 000. */
  readonly maxConnections?: number;
  /** A client must have sent its headers after this time. Default 10 000. */
  readonly headersTimeoutMs?: number;
  /** A client must have sent its whole request after this time. Default 60 000. */
  readonly requestTimeoutMs?: number;
  /** A connection is closed when nothing moved on it for this time during a request. Default 120 000. */
  readonly socketTimeoutMs?: number;
  /** An idle connection is kept this long; longer than usual clients and balancers keep theirs. Default 330 000. */
  readonly keepAliveTimeoutMs?: number;
  /** What `stop` gives requests under way. Default 8000. */
  readonly stopDeadlineMs?: number;
  /** What one readiness check gets. Default 2000. */
  readonly readinessTimeoutMs?: number;
}

/** A listening HTTP server; a component of an app. */
export interface HttpServer {
  readonly name: string;
  /** Where it listens: the actual port. `undefined` before the start. */
  readonly address: ListenAddress | undefined;
  /** Every address it listens on, `address` first. */
  readonly addresses: readonly ListenAddress[];
  /** `http://127.0.0.1:9460`, reachable from this machine. @throws {TandemError} before the start */
  readonly url: string;
  /** Adds a check to `/-/ready`. */
  addReadiness(name: string, check: ReadinessCheck): void;
  /** @throws {TandemError} `TANDEM_SERVER_ADDRESS_IN_USE`, `TANDEM_SERVER_ADDRESS` */
  start(): Promise<void>;
  /**
   * Refuses new connections and says so in `/-/ready`, closes idle ones, finishes the requests under way within the
   * deadline, then cuts what is left (their signals abort). Idempotent.
   */
  stop(): Promise<void>;
}
