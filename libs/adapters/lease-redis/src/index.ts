export { type RedisLeaseOptions, type RedisTls } from './options.ts';
export { openRedisLeaseStore, RedisLeaseStore } from './redis-lease-store.ts';
