import { type SamplesHeaders } from '@tandem/records';

import { type ClusterName } from '../cluster-records.ts';
import { type ProcessorOptions } from '../processor-options.ts';
import { type ClusterLanes } from '../seam/cluster-lanes.ts';
import { type Lane } from '../seam/lane.ts';
import { type ReplicaRecord } from '../seam/seam-reader.ts';
import { type Transaction } from '../transaction.ts';
import { targetRecordOf } from './target-record.ts';

/** A record that an election lets through. */
export interface LetThrough {
  readonly name: ClusterName;
  /** Name of the cluster, tenant included, or of the shard. */
  readonly cluster: string;
  readonly epoch: number;
  readonly elected: string;
  /** Its replica was elected before. */
  readonly isElected: boolean;
  /** Log time of the record of the elected replica before it, Unix ms. */
  readonly heardBeforeMs: number;
  /** Writes down what is open. */
  readonly write: () => void;
}

/** Decides which lane a record takes, and with it what is filled: of a cluster, and of a shard of a spread one. */
export class LaneChooser {
  readonly #options: Pick<ProcessorOptions, 'state' | 'observer'>;
  readonly #lanes: ClusterLanes;

  constructor(options: Pick<ProcessorOptions, 'state' | 'observer'>, lanes: ClusterLanes) {
    this.#options = options;
    this.#lanes = lanes;
  }

  /** The lane a record has to take, if its cluster has one: it is closed by the first record behind its end. */
  laneOf(passed: LetThrough, entry: ReplicaRecord, transaction: Transaction): Lane | undefined {
    const { cluster, isElected, write } = passed;
    if (this.#lanes.get(cluster)?.isOver() === true) {
      this.#lanes.close(cluster);
      write();
    }
    if (isElected && this.#decideFill(passed, entry, transaction)) write();
    return this.#lanes.get(cluster);
  }

  /** The lane that has use for a record that went no further. */
  laneOfStandby(cluster: string, replica: string): Lane | undefined {
    const lane = this.#lanes.get(cluster);
    return lane?.reads(replica) === true ? lane : undefined;
  }

  /** Takes note of which targets are down for a replica. */
  heard(
    { name, cluster }: Pick<LetThrough, 'name' | 'cluster'>,
    headers: SamplesHeaders,
    transaction: Transaction,
  ): void {
    const { state, observer } = this.#options;
    const overlooked = state.fills.heard(name, cluster, targetRecordOf(headers, state.elections.nowMs));
    if (overlooked > 0) transaction.afterwards(() => observer.fills.overlooked(overlooked));
  }

  /** Whether something else is filled in a cluster from this record of its elected replica on. */
  #decideFill(passed: LetThrough, { record, headers }: ReplicaRecord, transaction: Transaction): boolean {
    const { state, observer } = this.#options;
    const { name, cluster, epoch, elected, heardBeforeMs } = passed;
    const { offset, timestampMs } = record;
    // The first record behind the window is the last one that its seam judges.
    const seamIsOver = this.#lanes.seamIsOver(cluster, heardBeforeMs);
    const reportsDown = headers.downTargets.length > 0;
    const at = { offset, timestampMs, epoch, elected, reportsDown, seamIsOver };
    const step = state.fills.decide({ name, cluster, ...at });
    if (step === undefined) return false;
    this.#lanes.fill(cluster, step);
    transaction.afterwards(() => observer.fills.decided(name, step));
    return true;
  }
}
