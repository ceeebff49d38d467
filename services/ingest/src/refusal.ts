import { type Failure, type ProblemCode } from '@tandem/remote-write';

/** Why a request was refused: bounded, the same in metrics, logs and answers. */
export type RefusalReason =
  | ProblemCode
  | 'invalid-tenant'
  | 'cluster-too-long'
  | 'too-far-in-future'
  | 'series-too-large'
  | 'log-unavailable'
  | 'log-full'
  | 'log-unknown-topic'
  | 'internal';

/** An answer that is not 2xx. */
export interface Refusal {
  readonly ok: false;
  /** 4xx: sending it again will not help, and senders drop it. 503: they send it again. */
  readonly status: 400 | 413 | 415 | 500 | 503;
  readonly reason: RefusalReason;
  readonly message: string;
}

const STATUS: Partial<Record<ProblemCode, 415 | 503>> = {
  'unsupported-content-type': 415,
  'unsupported-encoding': 415,
  'no-memory': 503,
};

/**
 * The answer to a request the codec refused. A declared length over the limit is 400, as in Prometheus
 * (remote-write-and-rollup §1.1); 413 is for the body as received.
 */
export function refusalOf(failure: Failure): Refusal {
  const { code, message } = failure.problem;
  return refuse(STATUS[code] ?? 400, code, message);
}

/** A refusal. */
export function refuse(status: Refusal['status'], reason: RefusalReason, message: string): Refusal {
  return { ok: false, status, reason, message };
}
