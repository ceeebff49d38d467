/** How requests are authorised. Files are read again when they change. */
export type RemoteWriteAuth =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'basic'; readonly username: string; readonly passwordFile: string }
  | { readonly kind: 'bearer'; readonly tokenFile: string };

/** How a target is verified, and what it is shown; PEM files, read when the client is made. */
export interface RemoteWriteTls {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Name expected in the target's certificate, where it is not the host of the address. */
  readonly serverName?: string;
  readonly insecureSkipVerify?: boolean;
}

/** How a target is reached. Secrets never appear in an outcome or an error. */
export interface RemoteWriteClientOptions {
  /** A user and password in it are sent as basic authentication, unless `auth` says otherwise. */
  readonly url: string;
  /** Of one request, from connecting to the last byte of the answer, ms. Default 30 000. */
  readonly timeoutMs?: number;
  readonly auth?: RemoteWriteAuth;
  /** Sent with each request; the protocol's own headers win. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: RemoteWriteTls;
  /** Connections to the target. Default 16. */
  readonly maxConnections?: number;
  /** `User-Agent`; the protocol requires one. Default `tandem`. */
  readonly userAgent?: string;
  /** Wall clock, Unix ms, for a `Retry-After` that is a date. Default `Date.now`. */
  readonly now?: () => number;
}
