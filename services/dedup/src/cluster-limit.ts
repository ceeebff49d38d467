import { type Clock } from '@tandem/lifecycle';
import { type Logger } from '@tandem/telemetry';

import { type ClusterName } from './cluster-records.ts';

/** A tenant counts as over the limit for so long after a cluster of its was refused, ms. */
const SHOWN_MS = 60_000;
/** Most tenants that are named. */
const SHOWN_TENANTS = 10;

/** What refused clusters are told with. */
export interface ClusterLimitOptions {
  readonly clock: Clock;
  /** Throttled: told of every record. */
  readonly logger: Logger;
}

/** Remembers for a while which tenants have more clusters than they may: their samples go no further. */
export class ClusterLimit {
  readonly #options: ClusterLimitOptions;
  /** The newest refusal of each tenant, oldest first. */
  readonly #refused = new Map<string, { readonly cluster: string; readonly atMs: number }>();

  constructor(options: ClusterLimitOptions) {
    this.#options = options;
  }

  /** A record of one cluster too many was dropped. */
  refused({ tenant, cluster }: ClusterName): void {
    const { clock, logger } = this.#options;
    logger.warn({ tenant, cluster }, 'tenant has too many clusters, samples of this one are dropped');
    this.#refused.delete(tenant);
    this.#refused.set(tenant, { cluster, atMs: clock.now() });
    for (const [oldest] of this.#refused) {
      if (this.#refused.size <= SHOWN_TENANTS) break;
      this.#refused.delete(oldest);
    }
  }

  /** The tenants over the limit now, in a few words each. */
  get degraded(): readonly string[] {
    const { clock } = this.#options;
    const sinceMs = clock.now() - SHOWN_MS;
    for (const [tenant, { atMs }] of this.#refused) if (atMs <= sinceMs) this.#refused.delete(tenant);
    return Array.from(
      this.#refused,
      ([tenant, { cluster }]) =>
        `samples of cluster "${cluster}" are dropped: tenant "${tenant}" has as many clusters as it may (dedup.max_clusters)`,
    );
  }
}
