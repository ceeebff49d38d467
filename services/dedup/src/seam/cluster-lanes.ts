import { type Transaction } from '../transaction.ts';
import { ClusterLane, type LaneOptions } from './cluster-lane.ts';
import { type OpenSeam } from './open-seam.ts';

/** The lanes of a partition, by cluster, and the order in which they get their turns. */
export class ClusterLanes {
  readonly #lanes = new Map<string, ClusterLane>();
  readonly #optionsOf: (cluster: string) => LaneOptions | undefined;

  /** @param optionsOf what a cluster's lane is made with; `undefined` for one that is not known */
  constructor(optionsOf: (cluster: string) => LaneOptions | undefined) {
    this.#optionsOf = optionsOf;
  }

  get(cluster: string): ClusterLane | undefined {
    return this.#lanes.get(cluster);
  }

  /** Lanes that have not met the live position, or not committed what came of it. */
  get catchingUp(): number {
    let count = 0;
    for (const lane of this.#lanes.values()) if (!lane.caughtUp) count++;
    return count;
  }

  /** Opens seams of a cluster, in the lane it has or a new one. */
  open(cluster: string, seams: readonly OpenSeam[]): void {
    if (seams.length === 0) return;
    const lane = this.#lanes.get(cluster);
    if (lane !== undefined) {
      for (const seam of seams) lane.add(seam);
      return;
    }
    const options = this.#optionsOf(cluster);
    if (options !== undefined) this.#lanes.set(cluster, new ClusterLane(options, seams));
  }

  close(cluster: string): void {
    this.#lanes.delete(cluster);
  }

  /** Resolves when a lane has something to do; `undefined` when none is catching up. */
  ready(): Promise<unknown> | undefined {
    const waiting = [...this.#lanes.values()].filter(({ joined }) => !joined).map((lane) => lane.ready());
    return waiting.length === 0 ? undefined : Promise.race(waiting);
  }

  /** One step of a lane that is ready; the others come first next time. */
  async step(transaction: Transaction, nextOffset: number): Promise<void> {
    for (const [cluster, lane] of this.#lanes) {
      if (!lane.isReady) continue;
      this.#lanes.delete(cluster);
      this.#lanes.set(cluster, lane);
      await lane.step(transaction, nextOffset);
      return;
    }
  }
}
