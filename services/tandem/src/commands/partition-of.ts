import { EXIT_CODES } from '@tandem/lifecycle';

import { loadConfig } from '../config/load.ts';
import { takeOperands } from '../ha/operands.ts';
import { partitionOfSeries } from '../ha/partition-of.ts';

/** Flags of `tandem partition-of`. */
export interface PartitionOfFlags {
  readonly tenant?: string;
  readonly series?: string;
  readonly json?: boolean;
}

/** Says where a cluster, or a series of it, goes: key, shard, partition. @returns 0 */
export function partitionOf(args: readonly string[], flags: PartitionOfFlags): number {
  const { operands, argv } = takeOperands(args, [{ name: 'cluster', usage: 'tandem partition-of CLUSTER' }]);
  const [cluster = ''] = operands;
  const { config } = loadConfig(argv);
  const { stream, dedup, ingest } = config;
  const query = {
    cluster,
    tenant: flags.tenant ?? ingest.default_tenant,
    series: flags.series,
    json: flags.json ?? false,
  };
  console.log(
    partitionOfSeries(query, {
      partitions: stream.partitions,
      spread: stream.spread,
      clusterLabel: dedup.cluster_label,
      replicaLabel: dedup.replica_label,
    }),
  );
  return EXIT_CODES.clean;
}
