import { type BodySpec } from '../bodies/bodies.ts';

/** What a load generator is to do; travels as JSON on its command line. */
export interface LoadJob {
  /** Where remote write goes: `http://127.0.0.1:9461/api/v1/write`. */
  readonly url: string;
  readonly bodies: BodySpec;
  /** Requests in all, after which it ends. */
  readonly requests: number;
  /** Connections kept open, each with one request under way. */
  readonly connections: number;
}

/** What it saw; every request was answered 2xx, or there is no result. */
export interface LoadResult {
  readonly requests: number;
  readonly samples: number;
  /** Bytes of bodies. */
  readonly bytes: number;
  readonly wallSeconds: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
}
