import { type ElectionTable } from '@tandem/election';

import { leaseOf, type ClusterName } from './cluster-records.ts';
import { type LeaseHolder, type LeaseKeeper } from './lease-keeper.ts';
import { type DedupObserver } from './observer.ts';
import { type Transaction } from './transaction.ts';

/** What is known of elections: of a partition of samples, or of heartbeats. */
export interface ElectionsHeld {
  readonly elections: ElectionTable;
  readonly names: ReadonlyMap<string, ClusterName>;
}

/** What standings are told with. */
export interface StandingsOptions {
  readonly leases: LeaseKeeper;
  /** Owner of the leases. */
  readonly instance: string;
  readonly observer: DedupObserver;
  /** Who holds the claim: told when a lease of it is lost. */
  readonly holder: LeaseHolder;
}

/** Tells the lease store and the metrics who is elected, from taking a claim to its end. */
export class Standings {
  readonly #options: StandingsOptions;

  constructor(options: StandingsOptions) {
    this.#options = options;
  }

  /** Everybody who is elected, at the beginning of a claim. */
  announceAll({ elections, names }: ElectionsHeld): void {
    const { leases, instance, observer, holder } = this.#options;
    for (const { cluster, state } of elections.entries()) {
      const name = names.get(cluster);
      if (name === undefined || state.kind !== 'elected') continue;
      leases.announce(leaseOf(name, state, instance), holder);
      observer.standing(name, state);
    }
  }

  /** What a transaction has changed, once it is committed. */
  committed(transaction: Transaction): void {
    const { leases, holder } = this.#options;
    for (const lease of transaction.leases) leases.announce(lease, holder);
    for (const cluster of transaction.withdrawn) leases.withdraw(cluster, holder);
  }

  /** The claim has ended: another instance tells from now on. */
  forget(held: ElectionsHeld | undefined): void {
    const { leases, observer, holder } = this.#options;
    leases.release(holder);
    for (const { cluster, state } of held?.elections.entries() ?? []) {
      const name = held?.names.get(cluster);
      if (name !== undefined && state.kind === 'elected') observer.gone(name, state.replica);
    }
  }
}
