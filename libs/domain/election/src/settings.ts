/** What an operator chooses about elections; the names and meanings are those of the HA tracker. All times in ms. */
export interface ElectionSettings {
  /** How old the announced `receivedAtMs` may grow before it is announced again (`clusters`, the lease). Decides nothing. */
  readonly updateTimeoutMs: number;
  /** Most that is added to or taken from the update timeout, to spread announcements. Decides nothing. */
  readonly updateTimeoutJitterMs: number;
  /** How long the elected replica may be silent, while others are heard, before another one is elected. */
  readonly failoverTimeoutMs: number;
  /** How far the other replica's samples must lie past the elected one's last record. 0 switches the rule off. */
  readonly failoverSampleTimeoutMs: number;
  /** Clusters a tenant may have at a time. 0 means any number. */
  readonly maxClusters: number;
  /** After how long a silent cluster gives its place up. */
  readonly idleTimeoutMs: number;
}

/** The HA tracker's defaults (Mimir's, where it and Cortex differ). */
export const DEFAULT_ELECTION_SETTINGS: ElectionSettings = {
  updateTimeoutMs: 15_000,
  updateTimeoutJitterMs: 5_000,
  failoverTimeoutMs: 30_000,
  failoverSampleTimeoutMs: 0,
  maxClusters: 100,
  idleTimeoutMs: 1_800_000,
};

/** Of a pause in which no replica of a cluster was heard, no more than this counts as silence of the elected one, ms. */
export function longestPauseMs({ failoverTimeoutMs }: ElectionSettings): number {
  return Math.floor(failoverTimeoutMs / 2);
}

/** What the announced `receivedAtMs` may lag behind, and a second: a failover timeout below it would act on old news. */
const MARGIN_MS = 1_000;

/** A combination of settings that cannot work, or `undefined`. `setting` is the one to change. */
export interface SettingsProblem {
  readonly setting: keyof ElectionSettings;
  readonly problem: string;
}

/** Checks what holds between settings; the first problem, or `undefined`. */
export function checkElectionSettings(settings: ElectionSettings): SettingsProblem | undefined {
  for (const setting of Object.keys(settings) as (keyof ElectionSettings)[]) {
    if (!(settings[setting] >= 0)) return { setting, problem: 'it must not be negative' };
  }
  const least = settings.updateTimeoutMs + settings.updateTimeoutJitterMs + MARGIN_MS;
  if (settings.failoverTimeoutMs < least) {
    return {
      setting: 'failoverTimeoutMs',
      problem: `it must be at least ${least} ms: update timeout, jitter and a second`,
    };
  }
  if (settings.idleTimeoutMs < settings.failoverTimeoutMs) {
    return { setting: 'idleTimeoutMs', problem: 'it must not be below the failover timeout' };
  }
  return undefined;
}

/** Settings of one tenant, or of one of its clusters, in place of the general ones. */
export interface ElectionOverride {
  readonly tenant: string;
  /** Name of the cluster, tenant included; absent: all of the tenant's. */
  readonly cluster?: string;
  readonly settings: Partial<Pick<ElectionSettings, 'failoverTimeoutMs' | 'failoverSampleTimeoutMs'>>;
}

/** Gives the settings of a cluster: its own over its tenant's over the general ones. Clusters by name, tenant included. */
export function settingsResolver(
  settings: ElectionSettings,
  overrides: readonly ElectionOverride[],
): (tenant: string, cluster: string) => ElectionSettings {
  const tenants = new Map<string, ElectionSettings>();
  for (const { tenant, cluster, settings: own } of overrides) {
    if (cluster === undefined) tenants.set(tenant, { ...settings, ...own });
  }
  const clusters = new Map<string, ElectionSettings>();
  for (const { tenant, cluster, settings: own } of overrides) {
    if (cluster !== undefined) clusters.set(cluster, { ...(tenants.get(tenant) ?? settings), ...own });
  }
  return (tenant, cluster) => clusters.get(cluster) ?? tenants.get(tenant) ?? settings;
}
