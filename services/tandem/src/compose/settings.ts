import { type ForwardSettings, type Target, type TargetConfig } from '@tandem/forward';
import { type IngestSettings } from '@tandem/ingest';
import { topicName } from '@tandem/stream';

import { type TandemConfig } from '../config/schema.ts';

/** Largest record of any topic, bytes, and what headers and key take of it at most. */
const MAX_RECORD_BYTES = 1_048_576;
const RECORD_MARGIN_BYTES = 64 * 1024;

/** What ingest works by. */
export function ingestSettings(config: TandemConfig): IngestSettings {
  const { ingest, dedup, stream } = config;
  return {
    topic: topicName(stream.kafka.topic_prefix, 'samples'),
    clusterLabel: dedup.cluster_label,
    replicaLabel: dedup.replica_label,
    tenantHeader: ingest.tenant_header.toLowerCase(),
    defaultTenant: ingest.default_tenant,
    maxBodyBytes: ingest.max_body_size,
    maxDecodedBytes: ingest.max_decoded_size,
    maxRecordBytes: MAX_RECORD_BYTES - RECORD_MARGIN_BYTES,
    retryAfterSeconds: ingest.retry_after,
  };
}

/** What forward works by. */
export function forwardSettings(config: TandemConfig): ForwardSettings {
  const { forward, ingest, stream } = config;
  return {
    targets: forward.targets.map(targetOf),
    topics: {
      deduped: topicName(stream.kafka.topic_prefix, 'deduped'),
      rejects: topicName(stream.kafka.topic_prefix, 'rejects'),
    },
    commitIntervalMs: forward.commit_interval,
    maxRecordBytes: MAX_RECORD_BYTES,
    maxDecodedBytes: ingest.max_decoded_size,
  };
}
