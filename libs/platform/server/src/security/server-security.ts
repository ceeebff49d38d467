import { type IncomingHttpHeaders } from 'node:http';
import { type SecureContextOptions, type TLSSocket } from 'node:tls';

import { type HttpResponse } from '../http.ts';

/** TLS of a server. What it reads may change while the server runs. */
export interface ServerTls {
  /** Certificates, key and versions as they are now. @throws {TandemError} where they cannot be read */
  context(): SecureContextOptions;
  /** Changes when `context` would give something else; asked for each connection, so it must be cheap. */
  version(): number;
  /** Whether clients are asked for a certificate; fixed at the start. */
  readonly asksClients: boolean;
  /** Why a client whose handshake is done is turned away; `undefined`: it may stay. */
  refusal(socket: TLSSocket): string | undefined;
}

/** Who may ask a server, and how. */
export interface ServerSecurity {
  readonly tls: ServerTls | undefined;
  /** The answer instead of the route's, where the request may not be answered. */
  admit(headers: IncomingHttpHeaders): HttpResponse | undefined | Promise<HttpResponse | undefined>;
  /** Headers of every answer; those of the answer itself win. Names in lower case. */
  headers(): Readonly<Record<string, string>>;
}
