import { statfs } from 'node:fs/promises';
import { LogError } from '@tandem/stream';
import { messageOf } from './tables.ts';

const EIO = 5;
const ENOSPC = 28;
const EDQUOT = 122;
/** LMDB reports a write that the file system cut short as EIO; with less than this free, it was for lack of space. */
const SCARCE_BYTES = 32 * 1_048_576;

/** Why a transaction could not be committed, in the terms of the port. */
export async function commitError(error: unknown, path: string): Promise<LogError> {
  if (error instanceof LogError) return error;
  const cause = await causeOf(error);
  const message = `cannot write to the log in "${path}": ${messageOf(cause)}`;
  return new LogError((await isFull(cause, path)) ? 'full' : 'unavailable', message, { cause });
}

/** lmdb-js puts the reason of a failed commit into a rejected promise. */
async function causeOf(error: unknown): Promise<unknown> {
  if (typeof error !== 'object' || error === null || !('commitError' in error)) return error;
  return Promise.resolve(error.commitError).then(
    () => error,
    (reason: unknown) => reason,
  );
}

async function isFull(cause: unknown, path: string): Promise<boolean> {
  if (messageOf(cause).includes('MDB_MAP_FULL')) return true;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === ENOSPC || code === EDQUOT) return true;
  if (code !== EIO) return false;
  const free = await statfs(path).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Infinity,
  );
  return free < SCARCE_BYTES;
}
