import { checkElectionSettings } from '@tandem/election';
import { duration, section, size, type ConfigOf } from '@tandem/config';
import { type SpreadCluster } from '@tandem/records';
import { z } from 'zod';

import { dedupedChoices, dedupedKeys } from './deduped-config.ts';
import { electionKeys, electionOverrides, electionSettings, KEY_OF } from './election-config.ts';
import { fillChoices, fillKeys } from './fill/fill-config.ts';
import { type DedupSettings } from './settings.ts';

const label = (): z.ZodString => z.string().min(1);

/** The keys of the section `dedup`; names and defaults are the HA tracker's where it has them. */
export const dedupSection = section({
  cluster_label: label().default('cluster').describe('Label that names the cluster of a series.'),
  replica_label: label()
    .default('__replica__')
    .describe('Label that names the replica a series comes from; removed from what goes on.'),
  ...electionKeys,
  ...fillKeys,
  replay_window: duration({ min: '1s' })
    .prefault('2m')
    .describe('How much of the deduped topic is read when a partition is taken over; older samples are looked up.'),
  seam_window: duration({ min: '10s', max: '1h' })
    .prefault('2m')
    .describe(
      'At a failover: how far before the last record of the replica that fell silent the log is read again, and how long series are continued where it ended. Two intervals of the slowest scrape.',
    ),
  ...dedupedKeys,
  commit_interval: duration({ min: '1ms', max: '10s' })
    .prefault('100ms')
    .describe('How long input is gathered for one transaction.'),
  commit_bytes: size({ min: '64KiB', max: '64MiB' })
    .prefault('4MiB')
    .describe('How many bytes of input one transaction has at most.'),
}).superRefine((config, context) => {
  const found = checkElectionSettings(electionSettings(config));
  const refuse = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
  if (found !== undefined) refuse(KEY_OF[found.setting], found.problem);
  for (const [index, { settings }] of electionOverrides(config).entries()) {
    const wrong = found === undefined ? checkElectionSettings({ ...electionSettings(config), ...settings }) : undefined;
    if (wrong !== undefined) {
      context.addIssue({ code: 'custom', path: ['overrides', index, KEY_OF[wrong.setting]], message: wrong.problem });
    }
  }
  if (config.cluster_label === config.replica_label) {
    refuse('replica_label', 'must not be the cluster label: one label cannot name both');
  }
  if (config.update_timeout_jitter > config.update_timeout) {
    refuse('update_timeout_jitter', 'must not be above update_timeout, from which it is taken');
  }
});

/** The section, compiled: durations in ms, sizes in bytes. */
export type DedupConfig = ConfigOf<typeof dedupSection>;

/** What the settings need beside the section. */
export interface DedupEnvironment {
  /** Prefix of topics and groups, `tandem.` by default. */
  readonly prefix: string;
  /** Clusters whose series are spread over partitions. */
  readonly spread: readonly SpreadCluster[];
  /** Largest body ingest takes once inflated, bytes. */
  readonly maxDecodedBytes: number;
  /** Largest value of a record, bytes: the topics' limit less room for key and headers. */
  readonly maxRecordBytes: number;
}

/** The settings of a configuration. */
export function dedupSettings(config: Readonly<DedupConfig>, environment: DedupEnvironment): DedupSettings {
  const elections = electionSettings(config);
  return {
    group: `${environment.prefix}dedup`,
    elections,
    overrides: electionOverrides(config),
    ...fillChoices(config),
    ...dedupedChoices(config),
    spread: environment.spread,
    replicaLabel: config.replica_label,
    replayWindowMs: config.replay_window,
    seamWindowMs: config.seam_window,
    commitIntervalMs: config.commit_interval,
    commitBytes: config.commit_bytes,
    maxDecodedBytes: environment.maxDecodedBytes,
    maxRecordBytes: environment.maxRecordBytes,
    // Two announcements may be missed before an owner is presumed gone.
    leaseTtlMs: 3 * (elections.updateTimeoutMs + elections.updateTimeoutJitterMs),
  };
}
