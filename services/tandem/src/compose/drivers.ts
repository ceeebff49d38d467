import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { LeaseStore } from '@tandem/election';
import { type Log } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';

import type { TandemConfig } from '../config/schema.ts';
import { defined, type Defined } from './defined.ts';

/** Opens the log of the configuration. Only the driver that is used is loaded. */
export async function openLog(config: Pick<TandemConfig, 'storage' | 'stream'>, logger: Logger): Promise<Log> {
  if (config.stream.driver === 'embedded') {
    const { openEmbeddedLog } = await import('@tandem/log-embedded');
    return openEmbeddedLog({ path: join(config.storage.path, 'log'), logger });
  }
  const { openKafkaLog } = await import('@tandem/log-kafka');
  const { brokers, client_id: clientId, request_timeout: timeoutMs, tls, sasl } = config.stream.kafka;
  return openKafkaLog(
    defined({ brokers, clientId, timeoutMs, logger, tls: tls.enabled ? kafkaTls(tls) : undefined, sasl: saslOf(sasl) }),
  );
}

/** Opens the lease store of the configuration. */
export async function openLeases(config: TandemConfig, logger: Logger): Promise<LeaseStore> {
  if (config.lease.driver === 'embedded') {
    const { openEmbeddedLeaseStore } = await import('@tandem/lease-embedded');
    return openEmbeddedLeaseStore({ path: join(config.storage.path, 'leases') });
  }
  const { openRedisLeaseStore } = await import('@tandem/lease-redis');
  const { redis } = config.lease;
  return openRedisLeaseStore(
    defined({
      url: redis.url?.reveal(),
      sentinels: redis.sentinels,
      name: redis.sentinel_name,
      clusterNodes: redis.cluster_nodes,
      username: redis.username,
      password: redis.password?.reveal(),
      sentinelUsername: redis.sentinel_username,
      sentinelPassword: redis.sentinel_password?.reveal(),
      keyPrefix: redis.key_prefix,
      timeoutMs: redis.timeout,
      tls: redis.tls.enabled ? tlsOf(redis.tls) : undefined,
      logger,
    }),
  );
}

type TlsConfig = TandemConfig['lease']['redis']['tls'];
type SaslConfig = TandemConfig['stream']['kafka']['sasl'];

const SASL_MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const;

/** A login, as the log on Kafka takes it. */
interface KafkaLogin {
  readonly mechanism: (typeof SASL_MECHANISMS)[keyof typeof SASL_MECHANISMS];
  readonly username: string;
  readonly password: string;
}

function saslOf({ mechanism, username, password }: SaslConfig): KafkaLogin | undefined {
  if (mechanism === undefined) return undefined;
  return { mechanism: SASL_MECHANISMS[mechanism], username: username ?? '', password: password?.reveal() ?? '' };
}

/** TLS as drivers take it: contents, not files. */
type DriverTls = Defined<Record<'ca' | 'cert' | 'key' | 'serverName', string | undefined>>;

function tlsOf(tls: TlsConfig): DriverTls & { readonly insecureSkipVerify: boolean } {
  return { ...verification(tls), insecureSkipVerify: tls.insecure_skip_verify };
}

function kafkaTls(tls: TlsConfig): DriverTls & { readonly insecure: boolean } {
  return { ...verification(tls), insecure: tls.insecure_skip_verify };
}

function verification(tls: TlsConfig): DriverTls {
  const read = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : readFileSync(file, 'utf8');
  return defined({
    ca: read(tls.ca_file),
    cert: read(tls.cert_file),
    key: read(tls.key_file),
    serverName: tls.server_name,
  });
}
