import { type RemoteWriteClientOptions } from '@tandem/remote-write-client';

/** Where to forward to. */
export interface Target {
  /** Names the consumer group, the metrics' label and the rejects: unique, and kept when the address changes. */
  readonly name: string;
  readonly client: RemoteWriteClientOptions;
}

/** What forward is told about its work, resolved from the configuration. */
export interface ForwardSettings {
  readonly targets: readonly Target[];
  /** Full names of the topics. */
  readonly topics: { readonly deduped: string; readonly rejects: string };
  /** Longest time delivered records stay uncommitted, ms: what is sent again after a crash. */
  readonly commitIntervalMs: number;
  /** Largest record of `rejects`, bytes. */
  readonly maxRecordBytes: number;
  /** Largest body once inflated, bytes. */
  readonly maxDecodedBytes: number;
}
