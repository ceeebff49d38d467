import { type ShardsOf, type SpreadCluster } from '@tandem/records';

/** What ingest is told about its work, resolved from the configuration. */
export interface IngestSettings {
  /** Full name of the topic of samples. */
  readonly topic: string;
  /** Full name of the topic of heartbeats. */
  readonly heartbeatsTopic: string;
  /** Clusters whose series are spread over partitions; the same as dedup's. */
  readonly spread: readonly SpreadCluster[];
  /** Labels that name a pair; the same as dedup's. */
  readonly clusterLabel: string;
  readonly replicaLabel: string;
  /** Header that names the tenant, in lower case, and the tenant of requests without it. */
  readonly tenantHeader: string;
  readonly defaultTenant: string;
  /** Largest request body as received, bytes (413 beyond). */
  readonly maxBodyBytes: number;
  /** Largest body once inflated, bytes (400 beyond, as Prometheus answers). */
  readonly maxDecodedBytes: number;
  /** Largest value of a record of `samples`, bytes; a larger body is split by series. */
  readonly maxRecordBytes: number;
  /** How far ahead of this machine's clock a sample may be, ms; later ones are refused, as Prometheus does. */
  readonly maxFutureMs: number;
  /** What `Retry-After` says when the log cannot take a request, seconds. */
  readonly retryAfterSeconds: number;
}

/** The settings, and what the log said of the topic. */
export interface PlanSettings extends IngestSettings {
  /** Partitions of the topic of samples. */
  readonly partitions: number;
  /** {@link IngestSettings.spread}, to be asked. */
  readonly shardsOf: ShardsOf;
}
