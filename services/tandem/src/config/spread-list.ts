import { MAX_SHARDS } from '@tandem/series';
import { z } from 'zod';

const spreadCluster = z.strictObject({
  tenant: z.string().min(1).default('anonymous').describe('Tenant of the cluster.'),
  cluster: z.string().min(1).describe('Value of the cluster label.'),
  shards: z
    .int()
    .min(1)
    .max(MAX_SHARDS)
    .refine((shards) => (shards & (shards - 1)) === 0, 'expected a power of two')
    .describe('Shards its series go to, a power of two; 1: it is not spread.'),
});

/** `stream.spread`: clusters that are too big for one partition. Read by ingest, dedup and the command line alike. */
export const spreadList = z
  .array(spreadCluster)
  .superRefine((list, context) => {
    const seen = new Set<string>();
    for (const [index, { tenant, cluster }] of list.entries()) {
      const name = JSON.stringify([tenant, cluster]);
      if (seen.has(name)) {
        context.addIssue({ code: 'custom', path: [index, 'cluster'], message: `${cluster} is listed twice` });
      }
      seen.add(name);
    }
  })
  .default([])
  .describe(
    'Clusters too big for one partition: their series are spread over shards, with one election. The same for ingest and dedup.',
  );
