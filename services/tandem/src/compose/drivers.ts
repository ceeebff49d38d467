import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type LeaseStore } from '@tandem/election';
import { type Log } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';

import { type TandemConfig } from '../config/schema.ts';

/** Opens the log of the configuration. Only the driver that is used is loaded. */
export async function openLog(
  config: TandemConfig,
  options: { readonly logger: Logger; readonly instance: string },
): Promise<Log> {
  const { logger } = options;
  if (config.stream.driver === 'embedded') {
    const { openEmbeddedLog } = await import('@tandem/log-embedded');
    return openEmbeddedLog({ path: join(config.storage.path, 'log'), logger });
  }
  const { openKafkaLog } = await import('@tandem/log-kafka');
  const { brokers, client_id: clientId, request_timeout: timeoutMs, tls, sasl } = config.stream.kafka;
  const { mechanism, username, password } = sasl;
  return openKafkaLog({
    brokers,
    clientId,
    timeoutMs,
    logger,
    ...(tls.enabled ? { tls: kafkaTls(tls) } : {}),
    ...(mechanism === undefined
      ? {}
      : {
          sasl: { mechanism: SASL_MECHANISMS[mechanism], username: username ?? '', password: password?.reveal() ?? '' },
        }),
  });
}

/** Opens the lease store of the configuration. */
export async function openLeases(config: TandemConfig, logger: Logger): Promise<LeaseStore> {
  if (config.lease.driver === 'embedded') {
    const { openEmbeddedLeaseStore } = await import('@tandem/lease-embedded');
    return openEmbeddedLeaseStore({ path: join(config.storage.path, 'leases') });
  }
  const { openRedisLeaseStore } = await import('@tandem/lease-redis');
  const { redis } = config.lease;
  return openRedisLeaseStore({
    keyPrefix: redis.key_prefix,
    timeoutMs: redis.timeout,
    logger,
    ...(redis.url === undefined ? {} : { url: redis.url.reveal() }),
    ...(redis.sentinels.length === 0 ? {} : { sentinels: redis.sentinels, name: redis.sentinel_name }),
    ...(redis.cluster_nodes.length === 0 ? {} : { clusterNodes: redis.cluster_nodes }),
    ...(redis.username === undefined ? {} : { username: redis.username }),
    ...(redis.password === undefined ? {} : { password: redis.password.reveal() }),
    ...(redis.tls.enabled ? { tls: tlsOf(redis.tls) } : {}),
  });
}

const SASL_MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const;

/** TLS as drivers take it: contents, not files. */
interface DriverTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly insecureSkipVerify: boolean;
}

type TlsConfig = TandemConfig['lease']['redis']['tls'];

function kafkaTls(tls: TlsConfig): Omit<DriverTls, 'insecureSkipVerify'> & { readonly insecure: boolean } {
  const { insecureSkipVerify: insecure, ...rest } = tlsOf(tls);
  return { ...rest, insecure };
}

function tlsOf(tls: TlsConfig): DriverTls {
  const read = (file: string): string => readFileSync(file, 'utf8');
  return {
    ...(tls.ca_file === undefined ? {} : { ca: read(tls.ca_file) }),
    ...(tls.cert_file === undefined ? {} : { cert: read(tls.cert_file) }),
    ...(tls.key_file === undefined ? {} : { key: read(tls.key_file) }),
    ...(tls.server_name === undefined ? {} : { serverName: tls.server_name }),
    insecureSkipVerify: tls.insecure_skip_verify,
  };
}
