/**
 * What can be wrong with a request.
 *
 * - `unsupported-content-type`, `unsupported-encoding`: the headers name something else (HTTP 415);
 * - `too-large`: over a limit of bytes (413), found before anything is allocated;
 * - `corrupt-snappy`, `framed-snappy`: not the block format of snappy; the second is its stream format;
 * - `malformed`: not the protobuf message of the protocol;
 * - `invalid-symbols`, `invalid-labels`: 2.0's table, or a reference into it, breaks the rules;
 * - `invalid-utf8`: a label, or a symbol, is not UTF-8;
 * - `invalid-timestamp`: beyond ±2^52 ms;
 * - `too-many-groups`: of more clusters and replicas than a request may be split into;
 * - `no-memory`: the system has no memory for it (503): the only one that is not the request's own.
 */
export type ProblemCode =
  | 'unsupported-content-type'
  | 'unsupported-encoding'
  | 'too-large'
  | 'corrupt-snappy'
  | 'framed-snappy'
  | 'malformed'
  | 'invalid-symbols'
  | 'invalid-labels'
  | 'invalid-utf8'
  | 'invalid-timestamp'
  | 'too-many-groups'
  | 'no-memory';

/**
 * Why a request is refused: a code to count by, and a sentence for whoever sent it. Sending it again will not help, except
 * after `no-memory`.
 */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
}

/** The outcome of a function of this package that found a problem. */
export interface Failure {
  readonly ok: false;
  readonly problem: Problem;
}

/** A {@link Failure} of this code and message. */
export function failure(code: ProblemCode, message: string): Failure {
  return { ok: false, problem: { code, message } };
}

/**
 * The system has no memory for a body. Whoever has to be done with it, whatever machine it runs on, gives up and begins again: what
 * becomes of a record must not depend on that.
 */
export class NoMemoryError extends Error {
  override readonly name = 'NoMemoryError';
}

/** @throws {NoMemoryError} where a problem is the system's, not the body's */
export function throwIfNoMemory({ code, message }: Problem): void {
  if (code === 'no-memory') throw new NoMemoryError(`cannot read a body: ${message}`);
}
