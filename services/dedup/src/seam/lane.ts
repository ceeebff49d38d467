import { type WatermarkHold } from '@tandem/election';

import { type Transaction } from '../transaction.ts';
import { type ReplicaRecord } from './seam-reader.ts';

/**
 * The records of one cluster while they cannot go the usual way. They are read beside the live records of the other
 * clusters, slice by slice, until the lane has come to where the partition is read; from then on it is handed them one by
 * one. One cluster, one order: what comes out depends on the log alone.
 */
export interface Lane {
  /** Whether everything up to the live position was read; records are then handed over. */
  readonly joined: boolean;
  /** Whether that, and what came of it, is committed. */
  readonly caughtUp: boolean;
  /** Whether it has begun to read. */
  readonly hasBegun: boolean;
  /** Whether {@link Lane.step} can do something at once. */
  readonly isReady: boolean;
  /** Whether it has come to where it ends: see {@link Lane.endAt}. */
  readonly isFinished: boolean;
  /** Whether something of the records it was handed waits, and is still to go on. */
  readonly owes: boolean;
  /** Whether it is over: records behind it go the usual way. */
  isOver(): boolean;
  /** Whether records of a replica that is not elected are to be handed over too. */
  reads(replica: string): boolean;
  /** From this offset on the cluster takes another lane. */
  endAt(offset: number): void;
  /** What is still to come of the cluster at a log time, whatever was let through of it; `undefined`: nothing in particular. */
  hold(nowMs: number): WatermarkHold | undefined;
  /** Resolves when there is something to do. */
  ready(): Promise<unknown>;
  /** Does what is ready. `nextOffset` is where the partition is read on. */
  step(transaction: Transaction, nextOffset: number): Promise<void>;
  /** Takes a record as it comes, once the lane has joined. */
  process(entry: ReplicaRecord, transaction: Transaction): Promise<void>;
}
