import { type Problem } from '@tandem/remote-write';

/**
 * The system has no memory for a record. What becomes of a record must not depend on that, so that a replay decides the same: the
 * partition is given up and taken again after a back-off, as when the log is away.
 */
export class NoMemoryError extends Error {
  override readonly name = 'NoMemoryError';
}

/** @throws {NoMemoryError} where a problem is the system's, not the record's */
export function throwIfNoMemory({ code, message }: Problem): void {
  if (code === 'no-memory') throw new NoMemoryError(`cannot read a record: ${message}`);
}
