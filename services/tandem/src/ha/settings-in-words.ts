import { formatDuration } from '@tandem/config';
import { fillSettingsResolver, OutOfOrderRules, type DecisionSettings } from '@tandem/dedup';
import { EVALUATION_INTERVAL_MS, settingsResolver, type ElectionSettings } from '@tandem/election';
import { clusterId } from '@tandem/records';

import { type ClusterName } from './cluster-name.ts';

/** A setting that is another one now, by its key in `dedup`, as it is written there. */
export interface ChangedSetting {
  readonly setting: string;
  /** `null`: it is not known what was before. */
  readonly from: string | null;
  readonly to: string;
}

/** What changes for a cluster between settings that decide; `undefined` before: all of it. */
export function changedSettings(
  name: ClusterName,
  before: DecisionSettings | undefined,
  after: DecisionSettings,
): readonly ChangedSetting[] {
  const known = before === undefined ? undefined : settingsInWords(name, before);
  return Array.from(settingsInWords(name, after), ([setting, to]) => ({
    setting,
    from: known?.get(setting) ?? null,
    to,
  })).filter(({ from, to }) => from !== to);
}

/** `failover_timeout 30s → 10s`. */
export function changeInWords({ setting, from, to }: ChangedSetting): string {
  return `${setting} ${from ?? 'unknown'} → ${to}`;
}

function settingsInWords(name: ClusterName, settings: DecisionSettings): ReadonlyMap<string, string> {
  const { tenant } = name;
  const cluster = clusterId(tenant, name.cluster);
  const fill = fillSettingsResolver(settings)(tenant, cluster);
  return new Map([
    ...electionWords(settingsResolver(settings.elections, settings.overrides ?? [])(tenant, cluster)),
    ['fill', String(fill.enabled)],
    ['fill_up', fill.up],
    ['out_of_order', new OutOfOrderRules(settings.outOfOrder).of(tenant, cluster)],
    ['replica_label', settings.replicaLabel],
    ['seam_window', formatDuration(settings.seamWindowMs)],
  ]);
}

function electionWords(settings: ElectionSettings): readonly (readonly [setting: string, text: string])[] {
  const { learned, handover } = settings;
  const bounds = learned && `auto (${formatDuration(learned.leastMs)} to ${formatDuration(learned.mostMs)})`;
  return [
    ['failover_timeout', bounds ?? formatDuration(settings.failoverTimeoutMs)],
    ['failover_sample_timeout', formatDuration(settings.failoverSampleTimeoutMs)],
    ['update_timeout', formatDuration(settings.updateTimeoutMs)],
    ['update_timeout_jitter', formatDuration(settings.updateTimeoutJitterMs)],
    ['idle_timeout', formatDuration(settings.idleTimeoutMs)],
    ['forget_after', formatDuration(settings.forgetAfterMs)],
    ['max_clusters', String(settings.maxClusters)],
    ['max_replicas', String(settings.maxReplicas)],
    ['handover', String(handover.enabled)],
    ['handover_margin', String(handover.margin)],
    ['handover_after', formatDuration(handover.evaluations * EVALUATION_INTERVAL_MS)],
    ['handover_cool_down', formatDuration(handover.coolDownMs)],
  ];
}
