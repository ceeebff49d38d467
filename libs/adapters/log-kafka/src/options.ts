import { type Logger } from '@tandem/telemetry';

/** TLS towards the brokers. Texts are PEM. */
export interface KafkaTls {
  /** Authorities to trust; absent: those Node trusts. */
  readonly ca?: string;
  /** Certificate and key of this client. */
  readonly cert?: string;
  readonly key?: string;
  /** Name to check in the broker's certificate, where it is not the host's. */
  readonly serverName?: string;
  /** Accepts any certificate. */
  readonly insecure?: boolean;
}

/** A login. */
export interface KafkaSasl {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly username: string;
  readonly password: string;
}

/** How the log on Kafka is reached, and its bounds. */
export interface KafkaLogOptions {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[];
  /** What brokers call this client in their logs and quotas. */
  readonly clientId: string;
  readonly tls?: KafkaTls;
  readonly sasl?: KafkaSasl;
  readonly logger?: Logger;
  /** How long an append, a commit or a question may take before it fails with `unavailable`, ms. Default 10 000. */
  readonly timeoutMs?: number;
  /** Bytes of appends waiting, over which further ones fail with `unavailable`. Default 64 MiB. */
  readonly maxQueuedBytes?: number;
  /** A member of a group not heard of for this long loses its claims, ms. Default 6 000, the brokers' least. */
  readonly sessionTimeoutMs?: number;
  /** Brokers abort a transaction left open for this long, ms; readers wait meanwhile. Default 15 000. */
  readonly transactionTimeoutMs?: number;
}
