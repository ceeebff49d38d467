import { LogError, type LogErrorReason } from '@tandem/stream';
import protocol from 'kafkajs/src/protocol/error.js';

/** An error code in a broker's answer. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  /** Kafka's name: `NOT_LEADER_FOR_PARTITION`. */
  readonly type: string;
  readonly code: number;
  /** Whether the same request may succeed later, or elsewhere. */
  readonly transient: boolean;

  constructor(code: number) {
    const known = CODES.get(code);
    super(known?.message ?? `error code ${code}`);
    this.code = code;
    this.type = known?.type ?? `CODE_${code}`;
    this.transient = known?.retriable ?? false;
  }
}

/** Codes younger than kafkajs. */
const YOUNGER = [
  { code: 89, type: 'THROTTLING_QUOTA_EXCEEDED', message: 'The throttling quota was exceeded', retriable: true },
  { code: 90, type: 'PRODUCER_FENCED', message: 'A newer producer has the same transactional id', retriable: false },
] as const;

const CODES = new Map([...protocol.errorCodes, ...YOUNGER].map((known) => [known.code, known]));

/** Throws when a broker's answer is an error. */
export function expectOk(code: number): void {
  if (code !== 0) throw new BrokerError(code);
}

const REASONS: Readonly<Record<string, LogErrorReason>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'unknown-topic',
  INVALID_TOPIC_EXCEPTION: 'unknown-topic',
  MESSAGE_TOO_LARGE: 'too-large',
  RECORD_LIST_TOO_LARGE: 'too-large',
  INVALID_PRODUCER_EPOCH: 'fenced',
  PRODUCER_FENCED: 'fenced',
  INVALID_PRODUCER_ID_MAPPING: 'fenced',
  INVALID_TXN_STATE: 'fenced',
  TRANSACTION_COORDINATOR_FENCED: 'fenced',
  TOPIC_AUTHORIZATION_FAILED: 'misconfigured',
  GROUP_AUTHORIZATION_FAILED: 'misconfigured',
  CLUSTER_AUTHORIZATION_FAILED: 'misconfigured',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'misconfigured',
  SASL_AUTHENTICATION_FAILED: 'misconfigured',
  UNSUPPORTED_SASL_MECHANISM: 'misconfigured',
  UNSUPPORTED_VERSION: 'misconfigured',
  INCONSISTENT_GROUP_PROTOCOL: 'misconfigured',
  INVALID_SESSION_TIMEOUT: 'misconfigured',
  INVALID_TRANSACTION_TIMEOUT: 'misconfigured',
  INVALID_REPLICATION_FACTOR: 'misconfigured',
  INVALID_PARTITIONS: 'misconfigured',
  INVALID_CONFIG: 'misconfigured',
  POLICY_VIOLATION: 'misconfigured',
  KAFKA_STORAGE_ERROR: 'unavailable',
};

/** What Node and OpenSSL call a certificate or a handshake that is not as it should be. */
const TLS_CODE = /^(CERT_|ERR_TLS|ERR_SSL|ERR_OSSL|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED)/;

/** The error of the port for whatever went wrong: `cannot <doing>: <cause>`. */
export function asLogError(error: unknown, doing: string): LogError {
  if (error instanceof LogError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  return new LogError(reasonOf(cause), `cannot ${doing}: ${cause.message}`, { cause });
}

function reasonOf(error: Error): LogErrorReason {
  if (error instanceof BrokerError) return REASONS[error.type] ?? 'unavailable';
  if (error.name === 'KafkaJSSASLAuthenticationError') return 'misconfigured';
  const { code } = error as NodeJS.ErrnoException;
  return TLS_CODE.test(code ?? '') ? 'misconfigured' : 'unavailable';
}

/**
 * Whether trying again may help. A topic unknown to one broker counts: brokers learn of topics, and of the partitions
 * they lead, a moment after others; whether it exists is decided from the metadata.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof BrokerError) return error.transient;
  return error instanceof LogError ? error.retryable : true;
}
