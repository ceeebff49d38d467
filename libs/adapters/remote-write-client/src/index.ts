import { type Protocol } from '@tandem/remote-write';

/** How a target is reached. Secrets are read from files, again when they change, and never appear in an error. */
export interface RemoteWriteClientOptions {
  readonly url: string;
  /** Of one request, connect to last byte, ms. Default 30 000. */
  readonly timeoutMs?: number;
  readonly auth?:
    | { readonly kind: 'basic'; readonly username: string; readonly password: string }
    | { readonly kind: 'basic'; readonly username: string; readonly passwordFile: string }
    | { readonly kind: 'bearer'; readonly tokenFile: string };
  /** Sent with each request; the protocol's own headers win. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    readonly serverName?: string;
    readonly insecureSkipVerify?: boolean;
  };
  /** Connections kept to the target. Default 16. */
  readonly maxConnections?: number;
  /** `User-Agent`; the protocol requires one. Default `tandem`. */
  readonly userAgent?: string;
}

export interface WriteRequest {
  /** Compressed with snappy. */
  readonly body: Uint8Array;
  readonly protocol: Protocol;
  /** How often this body was sent before; sent as `Retry-Attempt` when above 0. */
  readonly attempt?: number;
  readonly signal?: AbortSignal;
}

export type WriteOutcome =
  | { readonly outcome: 'delivered'; readonly status: number }
  /** May succeed later: network error, timeout, 5xx, 429. `retryAfterMs`: the target's own word. */
  | {
      readonly outcome: 'retry';
      readonly reason: 'network' | 'timeout' | 'server-error' | 'throttled' | 'aborted';
      readonly status?: number;
      readonly message: string;
      readonly retryAfterMs?: number;
    }
  /** Will never succeed: any other answer. `message` has the first bytes of the body. */
  | { readonly outcome: 'refused'; readonly status: number; readonly message: string };

export declare class RemoteWriteClient {
  constructor(options: RemoteWriteClientOptions);
  /** Sends once, never rejects. */
  send(request: WriteRequest): Promise<WriteOutcome>;
  close(): Promise<void>;
}

/** How long to wait before the attempt after `failures` failures in a row (1, 2, …): 30 ms doubling to 5 s. */
export declare function backoffMs(failures: number): number;
