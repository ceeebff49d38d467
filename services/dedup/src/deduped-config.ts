import { duration } from '@tandem/config';
import { type WatermarkSettings } from '@tandem/election';
import { clusterId } from '@tandem/records';
import { z } from 'zod';

import { type OutOfOrderRule, type OutOfOrderSettings } from './out-of-order.ts';

const rule = (): z.ZodEnum<{ drop: 'drop'; pass: 'pass' }> => z.enum(['drop', 'pass']);

/** The keys of the section `dedup` that are about samples out of order, and about watermarks. */
export const dedupedKeys = {
  out_of_order: rule()
    .default('drop')
    .describe(
      'What becomes of samples of the elected replica that are older than the last one of their series and no repeats: drop, or pass on in records of their own, for targets that take them.',
    ),
  watermark_delay: duration({ min: '10s', max: '1h' })
    .prefault('70s')
    .describe(
      "How far the watermarks of the deduped topic stay behind the newest samples: 10s for the senders' shards, and the interval of the slowest scrape, so that a failover is waited for.",
    ),
  watermark_patience: duration({ min: '10s', max: '1d' })
    .prefault('2m')
    .describe(
      'How long a cluster that has fallen silent holds the watermark of its partition back: longer than its failover takes.',
    ),
};

/** The keys of an override that are about samples out of order. */
export const outOfOrderOverrideKeys = {
  out_of_order: rule().optional().describe('In place of dedup.out_of_order.'),
};

interface DedupedConfig {
  readonly out_of_order: OutOfOrderRule;
  readonly watermark_delay: number;
  readonly watermark_patience: number;
  readonly overrides: readonly {
    readonly tenant: string;
    readonly cluster?: string | undefined;
    readonly out_of_order?: OutOfOrderRule | undefined;
  }[];
}

/** What a configuration says about them. */
export function dedupedChoices(config: DedupedConfig): {
  readonly outOfOrder: OutOfOrderSettings;
  readonly watermark: WatermarkSettings;
} {
  const overrides = config.overrides.flatMap(({ tenant, cluster, out_of_order: own }) =>
    own === undefined
      ? []
      : [{ tenant, rule: own, ...(cluster === undefined ? {} : { cluster: clusterId(tenant, cluster) }) }],
  );
  return {
    outOfOrder: { rule: config.out_of_order, overrides },
    watermark: { delayMs: config.watermark_delay, patienceMs: config.watermark_patience },
  };
}
