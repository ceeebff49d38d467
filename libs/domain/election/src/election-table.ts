import { heard, type ClusterState } from './cluster-state.ts';
import { decide, obey, type Decision, type Obedience, type OperatorCommand, type RecordInput } from './decide.ts';
import { failoverTimeoutMs } from './failover-timeout.ts';
import { settingsResolver, type ElectionOverride, type ElectionSettings } from './settings.ts';

/** Silent clusters are looked for whenever the log clock passes a multiple of this, ms. */
export const SWEEP_INTERVAL_MS = 60_000;

/** A record as the table judges it: see {@link RecordInput}. */
export type JudgedRecord = Omit<RecordInput, 'kind' | 'tenantClusters'> & { readonly tenant: string };

/** A cluster and what is known of it. */
export interface ClusterEntry {
  readonly tenant: string;
  /** Name of the cluster, tenant included. */
  readonly cluster: string;
  readonly state: ClusterState;
}

/** A cluster that gave its place up, and the replica that was elected in it. */
export interface VacatedCluster extends ClusterEntry {
  readonly replica: string;
}

/** What the table is given beside the settings. */
export interface ElectionTableOptions {
  /** Clusters a tenant has in other partitions. Default: none. */
  readonly clustersElsewhere?: (tenant: string) => number;
  /** Settings of some clusters in place of the general ones. Default: none. */
  readonly overrides?: readonly ElectionOverride[];
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

  constructor(settings: ElectionSettings, options: ElectionTableOptions = {}) {
    this.#settings = settings;
    this.#settingsOf = settingsResolver(settings, options.overrides ?? []);
    this.#clustersElsewhere = options.clustersElsewhere ?? (() => 0);
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

  /** What is known of a cluster. */
  get(cluster: string): ClusterState | undefined {
    return this.#entries.get(cluster)?.state;
  }

  /** How long the elected replica of a cluster may be silent now, ms (see {@link failoverTimeoutMs}); `null` where nobody is. */
  failoverTimeoutMs({ tenant, cluster, state }: ClusterEntry): number | null {
    return state.kind === 'elected' ? failoverTimeoutMs(state, this.#settingsOf(tenant, cluster)) : null;
  }

  /** All clusters ever heard of, vacant ones included. */
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

  /** Moves the clock to the append time of the next record; the clusters that gave their place up by it. */
  advance(timestampMs: number): readonly VacatedCluster[] {
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

  #sweep(): readonly VacatedCluster[] {
    const vacated: VacatedCluster[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.state.kind !== 'elected') continue;
      const { replica } = entry.state;
      const { effect, state } = decide(entry.state, { kind: 'sweep', timestampMs: this.#nowMs }, this.#settings);
      if (effect !== undefined && state !== undefined) vacated.push({ ...entry, state, replica });
    }
    for (const { tenant, cluster, state } of vacated) this.#put({ tenant, cluster, state });
    return vacated;
  }

  #put(entry: ClusterEntry): void {
    const before = this.#entries.get(entry.cluster)?.state.kind === 'elected' ? 1 : 0;
    const change = (entry.state.kind === 'elected' ? 1 : 0) - before;
    this.#entries.set(entry.cluster, entry);
    if (change !== 0) this.#occupied.set(entry.tenant, this.occupied(entry.tenant) + change);
  }
}
