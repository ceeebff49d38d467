import { type FillSettings } from '@tandem/election';
import { clusterId } from '@tandem/records';
import { z } from 'zod';

import { type FillChoices } from './fill-overrides.ts';

const up = (): z.ZodEnum<{ leader: 'leader'; any: 'any' }> => z.enum(['leader', 'any']);

/** The keys of the section `dedup` that are about fills. */
export const fillKeys = {
  fill: z
    .boolean()
    .default(true)
    .describe('Whether a target that only the elected replica cannot scrape is filled from a standby.'),
  fill_up: up()
    .default('leader')
    .describe(
      "Whose up goes on for a target that is filled. leader: the elected replica's, 0; any: the standby's in its place, so that it is 1 while one of them reaches the target. Numbers about scrapes (scrape_*) are always the elected replica's.",
    ),
};

/** The keys of an override that are about fills. */
export const fillOverrideKeys = {
  fill: z.boolean().optional().describe('In place of dedup.fill.'),
  fill_up: up().optional().describe('In place of dedup.fill_up.'),
};

interface FillConfig {
  readonly fill: boolean;
  readonly fill_up: FillSettings['up'];
  readonly overrides: readonly {
    readonly tenant: string;
    readonly cluster?: string | undefined;
    readonly fill?: boolean | undefined;
    readonly fill_up?: FillSettings['up'] | undefined;
  }[];
}

/** What a configuration says about fills. */
export function fillChoices({ fill, fill_up, overrides }: FillConfig): Required<FillChoices> {
  return {
    fill: { enabled: fill, up: fill_up },
    fillOverrides: overrides.map((override) => ({
      tenant: override.tenant,
      ...(override.cluster === undefined ? {} : { cluster: clusterId(override.tenant, override.cluster) }),
      settings: {
        ...(override.fill === undefined ? {} : { enabled: override.fill }),
        ...(override.fill_up === undefined ? {} : { up: override.fill_up }),
      },
    })),
  };
}
