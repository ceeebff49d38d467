import { heard, type ClusterState, type VacantState } from './cluster-state.ts';
import { decide, obey, type Decision, type Obedience, type OperatorCommand, type RecordInput } from './decide.ts';
import { failoverTimeoutMs } from './failover-timeout.ts';
import { settingsResolver, type ElectionOverride, type ElectionSettings } from './settings.ts';

/** Silent clusters are looked for whenever the log clock passes a multiple of this, ms. */
export const SWEEP_INTERVAL_MS = 60_000;

/** A record as the table judges it: see {@link RecordInput}. */
export type JudgedRecord = Omit<RecordInput, 'kind' | 'tenantClusters' | 'forgottenEpoch'> & {
  readonly tenant: string;
};

/** A cluster and what is known of it. */
export interface ClusterEntry {
  readonly tenant: string;
  /** Name of the cluster, tenant included. */
  readonly cluster: string;
  readonly state: ClusterState;
}

/** A cluster that gave its place up, and the replica that was elected in it. */
export interface VacatedCluster extends ClusterEntry {
  readonly kind: 'vacated';
  readonly state: VacantState;
  readonly replica: string;
}

/** A cluster that was vacant for so long that it is known no more. */
export interface ForgottenCluster extends Pick<ClusterEntry, 'tenant' | 'cluster'> {
  readonly kind: 'forgotten';
  readonly epoch: number;
}

/** What the table is given beside the settings. */
export interface ElectionTableOptions {
  /** Clusters a tenant has in other partitions. Default: none. */
  readonly clustersElsewhere?: (tenant: string) => number;
  /** Settings of some clusters in place of the general ones. Default: none. */
  readonly overrides?: readonly ElectionOverride[];
  /** The highest epoch of the clusters that were forgotten before. Default: none was. */
  readonly forgottenEpoch?: number;
}

/**
 * The elections of one partition: its clock, its clusters, their number per tenant. It changes with the records it is
 * shown, in their order, and with nothing else.
 */
export class ElectionTable {
  #settings: ElectionSettings;
  #settingsOf: (tenant: string, cluster: string) => ElectionSettings;
  readonly #clustersElsewhere: (tenant: string) => number;
  readonly #entries = new Map<string, ClusterEntry>();
  readonly #occupied = new Map<string, number>();
  #nowMs = -Infinity;
  #forgottenEpoch: number;

  constructor(settings: ElectionSettings, options: ElectionTableOptions = {}) {
    this.#settings = settings;
    this.#settingsOf = settingsResolver(settings, options.overrides ?? []);
    this.#clustersElsewhere = options.clustersElsewhere ?? (() => 0);
    this.#forgottenEpoch = options.forgottenEpoch ?? 0;
  }

  /** Judges by other settings from the next record on; what is known of clusters stays. */
  configure(settings: ElectionSettings, overrides: readonly ElectionOverride[] = []): void {
    this.#settings = settings;
    this.#settingsOf = settingsResolver(settings, overrides);
  }

  /** The partition's clock: the newest append time seen, Unix ms. It never runs backwards. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The highest epoch of the clusters that were forgotten; 0: none was. Whoever comes is elected with a later one (E30). */
  get forgottenEpoch(): number {
    return this.#forgottenEpoch;
  }

  /** What is known of a cluster. */
  get(cluster: string): ClusterState | undefined {
    return this.#entries.get(cluster)?.state;
  }

  /** How long the elected replica of a cluster may be silent now, ms (see {@link failoverTimeoutMs}); `null` where nobody is. */
  failoverTimeoutMs({ tenant, cluster, state }: ClusterEntry): number | null {
    return state.kind === 'elected' ? failoverTimeoutMs(state, this.#settingsOf(tenant, cluster)) : null;
  }

  /** All clusters that are known, vacant ones included. */
  entries(): IterableIterator<ClusterEntry> {
    return this.#entries.values();
  }

  /** Clusters of a tenant that take a place here. */
  occupied(tenant: string): number {
    return this.#occupied.get(tenant) ?? 0;
  }

  /** Puts a cluster in as it was written down. */
  restore(entry: ClusterEntry): void {
    this.#put(entry);
    if (entry.state.kind === 'elected') this.#nowMs = Math.max(this.#nowMs, entry.state.heardAtMs);
  }

  /** Moves the clock to the append time of a record that was processed before. */
  recallTime(timestampMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, timestampMs);
  }

  /**
   * Shows a record that was judged before, with the clock as it stood at it: what was heard is remembered, nothing is
   * decided.
   */
  recall(record: JudgedRecord): void {
    this.recallTime(record.timestampMs);
    const entry = this.#entries.get(record.cluster);
    if (entry?.state.kind !== 'elected') return;
    const state = heard(entry.state, record, this.#settingsOf(entry.tenant, entry.cluster));
    if (state !== undefined) this.#put({ ...entry, state });
  }

  /** Moves the clock to the append time of the next record; the clusters that gave their place up by it, or are forgotten. */
  advance(timestampMs: number): readonly (VacatedCluster | ForgottenCluster)[] {
    const beforeMs = this.#nowMs;
    this.#nowMs = Math.max(beforeMs, timestampMs);
    const mark = (ms: number): number => Math.floor(ms / SWEEP_INTERVAL_MS);
    return beforeMs !== -Infinity && mark(this.#nowMs) > mark(beforeMs) ? this.#sweep() : [];
  }

  /** Judges a record of a pair at the clock, to which `advance` has moved it. */
  judge(record: JudgedRecord): Decision {
    const entry = this.#entries.get(record.cluster);
    const input: RecordInput = {
      ...record,
      kind: 'record',
      timestampMs: this.#nowMs,
      forgottenEpoch: this.#forgottenEpoch,
      tenantClusters: () => this.occupied(record.tenant) + this.#clustersElsewhere(record.tenant),
    };
    const decision = decide(entry?.state, input, this.#settingsOf(record.tenant, record.cluster));
    if (decision.state !== undefined) {
      this.#put({ tenant: record.tenant, cluster: record.cluster, state: decision.state });
    }
    return decision;
  }

  /** Obeys an operator's command at the clock, to which `advance` has moved it. */
  obey(name: { readonly tenant: string; readonly cluster: string }, command: OperatorCommand): Obedience {
    const obedience = obey(this.#entries.get(name.cluster)?.state, command, this.#nowMs);
    if (obedience.state !== undefined) this.#put({ ...name, state: obedience.state });
    return obedience;
  }

  #sweep(): readonly (VacatedCluster | ForgottenCluster)[] {
    const silent: (VacatedCluster | ForgottenCluster)[] = [];
    for (const entry of this.#entries.values()) {
      const found = this.#silenceOf(entry);
      if (found !== undefined) silent.push(found);
    }
    for (const each of silent) {
      if (each.kind === 'forgotten') this.#forget(each);
      else this.#put({ tenant: each.tenant, cluster: each.cluster, state: each.state });
    }
    return silent;
  }

  #silenceOf({ tenant, cluster, state: before }: ClusterEntry): VacatedCluster | ForgottenCluster | undefined {
    const { effect, state } = decide(before, { kind: 'sweep', timestampMs: this.#nowMs }, this.#settings);
    if (effect?.kind === 'forget') return { kind: 'forgotten', tenant, cluster, epoch: before.epoch };
    if (before.kind !== 'elected' || state?.kind !== 'vacant') return undefined;
    return { kind: 'vacated', tenant, cluster, state, replica: before.replica };
  }

  #forget({ cluster, epoch }: ForgottenCluster): void {
    this.#entries.delete(cluster);
    this.#forgottenEpoch = Math.max(this.#forgottenEpoch, epoch);
  }

  #put(entry: ClusterEntry): void {
    const { tenant } = entry;
    const before = this.#entries.get(entry.cluster)?.state.kind === 'elected' ? 1 : 0;
    const change = (entry.state.kind === 'elected' ? 1 : 0) - before;
    this.#entries.set(entry.cluster, entry);
    if (change === 0) return;
    const occupied = this.occupied(tenant) + change;
    if (occupied === 0) this.#occupied.delete(tenant);
    else this.#occupied.set(tenant, occupied);
  }
}
