import { type Transaction } from '../transaction.ts';
import { ClusterLane, type LaneOptions } from './cluster-lane.ts';
import { type OpenSeam } from './open-seam.ts';

/** Lanes that read at the same time; the others wait, so that the fall of a whole site does not take all memory. */
const READING_AT_ONCE = 4;

/** The lanes of a partition, by cluster, and the order in which they get their turns. */
export class ClusterLanes {
  readonly #lanes = new Map<string, ClusterLane>();
  #turn = -1;
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
    const waiting = this.#reading().map((lane) => lane.ready());
    return waiting.length === 0 ? undefined : Promise.race(waiting);
  }

  /** One step of a lane that is ready; the others come first next time. */
  async step(transaction: Transaction, nextOffset: number): Promise<void> {
    const reading = this.#reading();
    const next =
      reading.find((lane, index) => lane.isReady && index > this.#turn) ?? reading.find((lane) => lane.isReady);
    if (next === undefined) return;
    this.#turn = reading.indexOf(next);
    await next.step(transaction, nextOffset);
  }

  /** The lanes that have begun to read go on first. */
  #reading(): readonly ClusterLane[] {
    const behind = [...this.#lanes.values()].filter(({ joined }) => !joined);
    const begun = behind.filter(({ hasBegun }) => hasBegun);
    return [...begun, ...behind.filter(({ hasBegun }) => !hasBegun)].slice(0, READING_AT_ONCE);
  }
}
