import { dedupSettings as settingsOfDedup, type DedupSettings } from '@tandem/dedup';
import { type ForwardSettings, type Target, type TargetConfig } from '@tandem/forward';
import { type IngestSettings } from '@tandem/ingest';
import { type RemoteWriteAuth, type RemoteWriteTls } from '@tandem/remote-write-client';
import { topicName } from '@tandem/stream';

import { type TandemConfig } from '../config/schema.ts';
import { defined } from './defined.ts';

/** Largest record of any topic, bytes, and what headers and key take of it at most. */
const MAX_RECORD_BYTES = 1_048_576;
const RECORD_MARGIN_BYTES = 64 * 1024;

/** What ingest works by. */
export function ingestSettings(config: TandemConfig): IngestSettings {
  const { ingest, dedup, stream } = config;
  return {
    topic: topicName(stream.kafka.topic_prefix, 'samples'),
    heartbeatsTopic: topicName(stream.kafka.topic_prefix, 'heartbeats'),
    spread: stream.spread,
    clusterLabel: dedup.cluster_label,
    replicaLabel: dedup.replica_label,
    tenantHeader: ingest.tenant_header.toLowerCase(),
    defaultTenant: ingest.default_tenant,
    maxBodyBytes: ingest.max_body_size,
    maxDecodedBytes: ingest.max_decoded_size,
    maxRecordBytes: MAX_RECORD_BYTES - RECORD_MARGIN_BYTES,
    maxFutureMs: ingest.max_future,
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

/** What dedup works by. */
export function dedupSettings(config: TandemConfig): DedupSettings {
  return settingsOfDedup(config.dedup, {
    prefix: config.stream.kafka.topic_prefix,
    spread: config.stream.spread,
    maxDecodedBytes: config.ingest.max_decoded_size,
    maxRecordBytes: MAX_RECORD_BYTES - RECORD_MARGIN_BYTES,
  });
}

function targetOf(target: TargetConfig): Target {
  const { name, url, timeout: timeoutMs, tls } = target;
  const headers = Object.fromEntries(Object.entries(target.headers).map(([key, value]) => [key, value.reveal()]));
  const client = { url: url.reveal(), timeoutMs, headers, auth: authOf(target), tls: tls && tlsOf(tls) };
  return { name, client: defined(client) };
}

function authOf({ basic_auth: basic, bearer_token_file: tokenFile }: TargetConfig): RemoteWriteAuth | undefined {
  if (tokenFile !== undefined) return { kind: 'bearer', tokenFile };
  if (basic === undefined) return undefined;
  const { username, password, password_file: passwordFile } = basic;
  if (passwordFile !== undefined) return { kind: 'basic', username, passwordFile };
  return { kind: 'basic', username, password: password?.reveal() ?? '' };
}

function tlsOf(tls: NonNullable<TargetConfig['tls']>): RemoteWriteTls {
  return defined({
    caFile: tls.ca_file,
    certFile: tls.cert_file,
    keyFile: tls.key_file,
    serverName: tls.server_name,
    insecureSkipVerify: tls.insecure_skip_verify,
  });
}
