import { FillPlan, type FillPlanState, type FillStep, type TargetRecord } from '@tandem/election';
import { clusterId } from '@tandem/records';

import { type ClusterName } from '../cluster-records.ts';
import { fillSettingsResolver, type FillChoices, type FillSettingsOf } from './fill-overrides.ts';

/** A cluster as it was written down, as far as fills are concerned. */
export interface StoredFills {
  /** Steps of what is open, oldest first. */
  readonly fills: readonly FillStep[];
  /** `null`: nobody watched. */
  readonly watch: FillPlanState | null;
}

/** A record of the elected replica, at which something may be decided. */
export interface FillRecord {
  readonly name: ClusterName;
  /** Name of the cluster, tenant included, or of the shard. */
  readonly cluster: string;
  readonly offset: number;
  /** Log time, Unix ms. */
  readonly timestampMs: number;
  readonly epoch: number;
  readonly elected: string;
  readonly reportsDown: boolean;
  /** Whether the seam of its election is over. */
  readonly seamIsOver: boolean;
}

/** What is filled in the clusters of a partition, and in shards of spread ones: their plans, where fills are wanted. */
export class ClusterFills {
  readonly #plans = new Map<string, FillPlan>();
  readonly #choices: () => FillChoices;
  #resolved: { readonly choices: FillChoices; readonly settingsOf: FillSettingsOf } | undefined;

  /** @param choices those in force where the partition is read */
  constructor(choices: () => FillChoices) {
    this.#choices = choices;
  }

  /** Clusters and shards in which something is filled. */
  get openCount(): number {
    let count = 0;
    for (const plan of this.#plans.values()) if (plan.open !== undefined) count++;
    return count;
  }

  /** What is filled in a cluster. */
  open(cluster: string): FillPlan['open'] {
    return this.#plans.get(cluster)?.open;
  }

  restore(cluster: string, { fills, watch }: StoredFills): void {
    if (watch !== null || fills.length > 0) this.#plans.set(cluster, new FillPlan(watch ?? undefined, fills));
  }

  /** Takes note of a record of any replica; says how many of its reports found no room. */
  heard(name: ClusterName, cluster: string, record: TargetRecord): number {
    let plan = this.#plans.get(cluster);
    if (plan === undefined) {
      if (!this.#isWanted(name)) return 0;
      plan = new FillPlan();
      this.#plans.set(cluster, plan);
    }
    return plan.heard(record);
  }

  /** What changes with a record of the elected replica. */
  decide({ name, cluster, seamIsOver, ...occasion }: FillRecord): FillStep | undefined {
    const plan = this.#plans.get(cluster);
    if (plan === undefined) return undefined;
    return plan.decide({ ...occasion, mayFill: seamIsOver && this.#isWanted(name) });
  }

  /** Another replica was elected. */
  ended(cluster: string): void {
    this.#plans.get(cluster)?.ended();
  }

  /** A cluster is vacant. */
  forget(cluster: string): void {
    this.#plans.delete(cluster);
  }

  /** What has to be written down of a cluster, beside the steps of what is open. */
  snapshot(cluster: string): FillPlanState | null {
    return this.#plans.get(cluster)?.snapshot() ?? null;
  }

  #isWanted({ tenant, cluster }: ClusterName): boolean {
    const choices = this.#choices();
    if (this.#resolved?.choices !== choices) this.#resolved = { choices, settingsOf: fillSettingsResolver(choices) };
    return this.#resolved.settingsOf(tenant, clusterId(tenant, cluster)).enabled;
  }
}
