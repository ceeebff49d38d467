/** Bounds of a failover timeout that is learned, ms. */
export interface LearnedTimeout {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** The bounds where none are chosen. */
export const DEFAULT_LEARNED_TIMEOUT: LearnedTimeout = { leastMs: 10_000, mostMs: 300_000 };

/** When a living elected replica is succeeded by one that does better (SPEC.md, "Health and score"). */
export interface HandoverSettings {
  readonly enabled: boolean;
  /** By how much the other one's score must be better, above 0 and up to 1. */
  readonly margin: number;
  /** For how many evaluations in a row. */
  readonly evaluations: number;
  /** How long after such a handover, or one by hand, the next may be, ms. */
  readonly coolDownMs: number;
}

/** What an operator chooses about elections; the names and meanings are those of the HA tracker. All times in ms. */
export interface ElectionSettings {
  /** How old the announced `receivedAtMs` may grow before it is announced again (`clusters`, the lease). Decides nothing. */
  readonly updateTimeoutMs: number;
  /** Most that is added to or taken from the update timeout, to spread announcements. Decides nothing. */
  readonly updateTimeoutJitterMs: number;
  /** How long the elected replica may be silent, while others are heard, before another one is elected. */
  readonly failoverTimeoutMs: number;
  /** Unless `null`, the failover timeout is learned from the elected replica; the one above holds until enough was seen. */
  readonly learned: LearnedTimeout | null;
  /** How far the other replica's samples must lie past the elected one's last record. 0 switches the rule off. */
  readonly failoverSampleTimeoutMs: number;
  /** Clusters a tenant may have at a time. 0 means any number. */
  readonly maxClusters: number;
  /** Replicas a cluster may have at a time, from 1 on. */
  readonly maxReplicas: number;
  /** After how long a silent cluster gives its place up, and a silent replica its. */
  readonly idleTimeoutMs: number;
  /** After how long without a record a vacant cluster is forgotten. 0 means never. */
  readonly forgetAfterMs: number;
  readonly handover: HandoverSettings;
}

/** The HA tracker's defaults (Mimir's, where it and Cortex differ), and those of what it does not have. */
export const DEFAULT_ELECTION_SETTINGS: ElectionSettings = {
  updateTimeoutMs: 15_000,
  updateTimeoutJitterMs: 5_000,
  failoverTimeoutMs: 30_000,
  learned: null,
  failoverSampleTimeoutMs: 0,
  maxClusters: 100,
  maxReplicas: 16,
  idleTimeoutMs: 1_800_000,
  forgetAfterMs: 86_400_000,
  handover: { enabled: true, margin: 0.25, evaluations: 4, coolDownMs: 600_000 },
};

/** What the announced `receivedAtMs` may lag behind, and a second: a failover timeout below it would act on old news. */
const MARGIN_MS = 1_000;

/** A combination of settings that cannot work, or `undefined`. `setting` is the one to change. */
export interface SettingsProblem {
  readonly setting: keyof ElectionSettings;
  readonly problem: string;
}

/** Checks what holds between settings; the first problem, or `undefined`. */
export function checkElectionSettings(settings: ElectionSettings): SettingsProblem | undefined {
  for (const [setting, value] of Object.entries(settings) as [keyof ElectionSettings, unknown][]) {
    if (typeof value === 'number' && !(value >= 0)) return { setting, problem: 'it must not be negative' };
  }
  if (settings.maxReplicas < 1) return { setting: 'maxReplicas', problem: 'it must be at least 1' };
  const { margin } = settings.handover;
  if (!(margin > 0 && margin <= 1)) return { setting: 'handover', problem: 'the margin must be above 0 and at most 1' };
  return checkTimeouts(settings);
}

function checkTimeouts(settings: ElectionSettings): SettingsProblem | undefined {
  const { learned, failoverTimeoutMs } = settings;
  const least = settings.updateTimeoutMs + settings.updateTimeoutJitterMs + MARGIN_MS;
  // One that is learned has bounds of its own: announcements decide nothing here (E10), the tracker's rule is a habit.
  if (learned === null && failoverTimeoutMs < least) {
    return {
      setting: 'failoverTimeoutMs',
      problem: `it must be at least ${least} ms: update timeout, jitter and a second`,
    };
  }
  if (learned !== null && learned.leastMs > learned.mostMs) {
    return { setting: 'learned', problem: 'the least failover timeout must not be above the most' };
  }
  if (settings.idleTimeoutMs < (learned?.mostMs ?? failoverTimeoutMs)) {
    return { setting: 'idleTimeoutMs', problem: 'it must not be below the failover timeout' };
  }
  return undefined;
}

/** Settings of one tenant, or of one of its clusters, in place of the general ones. */
export interface ElectionOverride {
  readonly tenant: string;
  /** Name of the cluster, tenant included; absent: all of the tenant's. */
  readonly cluster?: string;
  readonly settings: Partial<
    Pick<ElectionSettings, 'failoverTimeoutMs' | 'failoverSampleTimeoutMs' | 'learned' | 'handover'>
  >;
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
