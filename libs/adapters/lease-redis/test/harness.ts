import { randomUUID } from 'node:crypto';
import { redisCommand, type RedisAddress } from '@tandem/testing';
import { openRedisLeaseStore, type RedisLeaseOptions, type RedisLeaseStore } from '../src/index.ts';

/** What calls of these tests may take. */
export const TIMEOUT_MS = 1000;

/** A store under a prefix of its own. */
export function opener(options: () => RedisLeaseOptions): () => Promise<RedisLeaseStore> {
  const keyPrefix = `test-${randomUUID()}`;
  return () => Promise.resolve(openRedisLeaseStore({ keyPrefix, timeoutMs: TIMEOUT_MS, ...options() }));
}

/** A server's clock, Unix ms. */
export async function serverTimeMs(address: RedisAddress): Promise<number> {
  const [seconds, micros] = (await redisCommand(address, 'TIME')) as [string, string];
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
