import { LeaseStoreError } from '@tandem/election';

/**
 * What a driver's error says, without what it carries: ioredis attaches the failed command, and that of logging in has
 * the password.
 */
export class RedisError extends Error {
  override readonly name = 'RedisError';
}

/** The error of the port, whatever went wrong. */
export function leaseStoreError(what: string, error: unknown): LeaseStoreError {
  if (error instanceof LeaseStoreError) return error;
  const said = messageOf(error);
  return new LeaseStoreError(`cannot ${what}: ${said}`, { cause: new RedisError(said) });
}

/** What a thrown value says; for a cluster of which no node answers, what the last one did. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { lastNodeError } = error as { lastNodeError?: unknown };
  if (lastNodeError instanceof Error) return `${error.message} ${messageOf(lastNodeError)}`;
  // Of several addresses of a host Node says what each did, and nothing in sum.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error.message;
}
