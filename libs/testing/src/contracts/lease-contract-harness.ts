import { type LeaseStore } from '@tandem/election';

/** What the suite needs of a store: clients, its clock, and, where that can be arranged, its misfortunes. */
export interface LeaseHarness {
  /** Prepares the store, once. */
  start?(): Promise<void>;
  /** A new client, as another process would have. The suite closes it. */
  readonly open: () => Promise<LeaseStore>;
  /** The store's clock, Unix ms. */
  now(): Promise<number> | number;
  /** Moves a virtual clock on; without it the suite waits for the real one. */
  advance?(ms: number): void;
  /** Makes the store unreachable for all clients, and reachable again. */
  readonly outage?: { begin(): Promise<void>; end(): Promise<void> };
  /** Empties the store. */
  flush?(): Promise<void>;
  /** How much longer than a client's timeout an answer may take, all in all. Default 5000. */
  readonly answersWithinMs?: number;
  /** How many claims the property of L2 makes at a time. Default 50. */
  readonly claims?: number;
  /** Whether an outage loses what was stored (a server without persistence that is restarted). */
  readonly outageLosesData?: boolean;
  close(): Promise<void>;
}
