import { duration, secretKeys, secretUrl, section } from '@tandem/config';
import { z } from 'zod';

import { tlsSection } from './stream-section.ts';

const nodes = z.array(z.string().regex(/^[^\s,]+:\d{1,5}$/, 'expected host:port'));

const redisSection = section({
  url: secretUrl(['redis', 'rediss'])
    .optional()
    .describe('Address of a single Redis, for example redis://redis:6379/0.'),
  sentinels: nodes.default([]).describe('Addresses of Sentinels, instead of url.'),
  sentinel_name: z.string().default('mymaster').describe('Name of the primary that the Sentinels watch.'),
  cluster_nodes: nodes.default([]).describe('Addresses of some nodes of a Redis Cluster, instead of url.'),
  username: z.string().optional().describe('ACL user.'),
  ...secretKeys('password', 'Password of the user.'),
  sentinel_username: z.string().optional().describe('ACL user of the Sentinels, where they want one.'),
  ...secretKeys('sentinel_password', 'Password for the Sentinels.'),
  key_prefix: z.string().min(1).default('tandem').describe('Put before every key and channel.'),
  timeout: duration({ min: '100ms', max: '1m' }).default(2000).describe('Of one command, connecting included.'),
  tls: tlsSection,
});

/** Keys of `lease` in the configuration: where elections are announced. */
export const leaseSection = section({
  driver: z
    .enum(['embedded', 'redis'])
    .default('embedded')
    .describe('Where leases are: in storage.path on this machine, or in Redis.'),
  redis: redisSection,
})
  .refine(
    ({ driver, redis }) =>
      driver !== 'redis' || redis.url !== undefined || redis.sentinels.length > 0 || redis.cluster_nodes.length > 0,
    { path: ['redis', 'url'], message: 'expected url, sentinels or cluster_nodes with lease.driver redis' },
  )
  .refine(
    ({ redis }) =>
      [redis.url !== undefined, redis.sentinels.length > 0, redis.cluster_nodes.length > 0].filter(Boolean).length <= 1,
    { path: ['redis', 'url'], message: 'expected one of url, sentinels and cluster_nodes' },
  );
