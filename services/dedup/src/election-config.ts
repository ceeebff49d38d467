import {
  DEFAULT_ELECTION_SETTINGS,
  EVALUATION_INTERVAL_MS,
  type ElectionOverride,
  type ElectionSettings,
} from '@tandem/election';
import { duration, durationOr } from '@tandem/config';
import { clusterId } from '@tandem/records';
import { z } from 'zod';

import { outOfOrderOverrideKeys } from './deduped-config.ts';
import { fillOverrideKeys } from './fill/fill-config.ts';

/** The key of each setting, for messages. */
export const KEY_OF: Readonly<Record<keyof ElectionSettings, string>> = {
  updateTimeoutMs: 'update_timeout',
  updateTimeoutJitterMs: 'update_timeout_jitter',
  failoverTimeoutMs: 'failover_timeout',
  learned: 'failover_timeout_min',
  failoverSampleTimeoutMs: 'failover_sample_timeout',
  maxClusters: 'max_clusters',
  maxReplicas: 'max_replicas',
  idleTimeoutMs: 'idle_timeout',
  forgetAfterMs: 'forget_after',
  handover: 'handover_margin',
};

const override = z.strictObject({
  tenant: z.string().min(1).default('anonymous').describe('The tenant this is for.'),
  cluster: z.string().min(1).optional().describe('The cluster this is for; without it all of the tenant.'),
  failover_timeout: durationOr('auto').optional().describe('In place of dedup.failover_timeout.'),
  failover_sample_timeout: duration().optional().describe('In place of dedup.failover_sample_timeout.'),
  handover: z.boolean().optional().describe('In place of dedup.handover.'),
  ...fillOverrideKeys,
  ...outOfOrderOverrideKeys,
});

/** The keys about elections; names and defaults are the HA tracker's where it has them. */
export const electionKeys = {
  update_timeout: duration({ min: '1s' })
    .prefault('15s')
    .describe('How old the announced time of a cluster may grow before it is announced again. Decides nothing.'),
  update_timeout_jitter: duration()
    .prefault('5s')
    .describe('Most that is added to or taken from update_timeout, to spread announcements.'),
  failover_timeout: durationOr('auto')
    .prefault('30s')
    .describe(
      'How long the elected replica may be silent in the log before another one is elected; auto: twice the longest usual gap between its records, 30s until enough of them were seen.',
    ),
  failover_timeout_min: duration({ min: '1s' }).prefault('10s').describe('The least that auto comes to.'),
  failover_timeout_max: duration({ min: '1s' }).prefault('5m').describe('The most that auto comes to.'),
  failover_sample_timeout: duration()
    .prefault('0s')
    .describe("How far the other replica's samples must lie past the elected one's last record; 0s: not looked at."),
  max_clusters: z.int().default(100).describe('Clusters a tenant may have at a time; 0: any number.'),
  max_replicas: z
    .int()
    .max(256)
    .default(16)
    .describe('Replicas a cluster may have at a time; samples of a further one are dropped.'),
  idle_timeout: duration()
    .prefault('30m')
    .describe('After how long a silent cluster gives its place up, and a silent replica its.'),
  forget_after: duration()
    .prefault('24h')
    .describe(
      'After how long, in the log, nothing is known any more of a cluster that has fallen silent: its state, lease and status go. 0s: it is never forgotten.',
    ),
  handover: z
    .boolean()
    .default(true)
    .describe(
      'Whether a living elected replica is succeeded by a standby that does better: whose samples are fresher, more, of more targets that are up.',
    ),
  handover_margin: z.number().default(0.25).describe('By how much the score of the other one (0 to 1) must be better.'),
  handover_after: duration({ min: '15s', max: '1h' })
    .prefault('1m')
    .describe('For how long it must have been, in steps of 15s.'),
  handover_cool_down: duration()
    .prefault('10m')
    .describe('How long after such a handover, or one by hand, the next one may be.'),
  overrides: z
    .array(override)
    .default([])
    .describe('Settings of some tenants and clusters; those of a cluster go before those of its tenant.'),
};

/** The keys about elections, compiled. */
export interface ElectionConfig {
  readonly update_timeout: number;
  readonly update_timeout_jitter: number;
  readonly failover_timeout: number | 'auto';
  readonly failover_timeout_min: number;
  readonly failover_timeout_max: number;
  readonly failover_sample_timeout: number;
  readonly max_clusters: number;
  readonly max_replicas: number;
  readonly idle_timeout: number;
  readonly forget_after: number;
  readonly handover: boolean;
  readonly handover_margin: number;
  readonly handover_after: number;
  readonly handover_cool_down: number;
  readonly overrides: readonly z.output<typeof override>[];
}

/** The general settings. */
export function electionSettings(config: ElectionConfig): ElectionSettings {
  return {
    updateTimeoutMs: config.update_timeout,
    updateTimeoutJitterMs: config.update_timeout_jitter,
    ...timeoutOf(config.failover_timeout, config),
    failoverSampleTimeoutMs: config.failover_sample_timeout,
    maxClusters: config.max_clusters,
    maxReplicas: config.max_replicas,
    idleTimeoutMs: config.idle_timeout,
    forgetAfterMs: config.forget_after,
    handover: handoverOf(config.handover, config),
  };
}

/** Those of some tenants and clusters. */
export function electionOverrides(config: ElectionConfig): readonly ElectionOverride[] {
  return config.overrides.map(({ tenant, cluster, failover_timeout, failover_sample_timeout, handover }) => ({
    tenant,
    ...(cluster === undefined ? {} : { cluster: clusterId(tenant, cluster) }),
    settings: {
      ...(failover_timeout === undefined ? {} : timeoutOf(failover_timeout, config)),
      ...(failover_sample_timeout === undefined ? {} : { failoverSampleTimeoutMs: failover_sample_timeout }),
      ...(handover === undefined ? {} : { handover: handoverOf(handover, config) }),
    },
  }));
}

function timeoutOf(
  timeout: number | 'auto',
  { failover_timeout_min: leastMs, failover_timeout_max: mostMs }: ElectionConfig,
): Pick<ElectionSettings, 'failoverTimeoutMs' | 'learned'> {
  if (timeout !== 'auto') return { failoverTimeoutMs: timeout, learned: null };
  return { failoverTimeoutMs: DEFAULT_ELECTION_SETTINGS.failoverTimeoutMs, learned: { leastMs, mostMs } };
}

function handoverOf(enabled: boolean, config: ElectionConfig): ElectionSettings['handover'] {
  return {
    enabled,
    margin: config.handover_margin,
    evaluations: Math.ceil(config.handover_after / EVALUATION_INTERVAL_MS),
    coolDownMs: config.handover_cool_down,
  };
}
