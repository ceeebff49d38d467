import { type FillStep, type WatermarkHold } from '@tandem/election';

import { FillLane } from '../fill/fill-lane.ts';
import { type Transaction } from '../transaction.ts';
import { ClusterLane, type LaneOptions } from './cluster-lane.ts';
import { type Lane } from './lane.ts';
import { endOfReading, type OpenSeam } from './open-seam.ts';

/** Lanes that read at the same time; the others wait, so that the fall of a whole site does not take all memory. */
const READING_AT_ONCE = 4;

/** What of a cluster's lanes has to be done again by whoever takes the partition over. */
export interface OpenLanes {
  readonly seams: readonly OpenSeam[];
  readonly fills: readonly FillStep[];
}

/**
 * The lanes of a partition, by cluster, and the order in which they get their turns. Of a cluster the first one is read;
 * the others begin where the one before ends; the last one is where its records belong.
 */
export class ClusterLanes {
  readonly #lanes = new Map<string, (ClusterLane | FillLane)[]>();
  #turn = -1;
  readonly #optionsOf: (cluster: string) => LaneOptions | undefined;
  readonly #onEnded: (cluster: string, transaction: Transaction) => void;

  /**
   * @param optionsOf what a cluster's lane is made with; `undefined` for one that is not known
   * @param onEnded told of a vacant cluster whose lanes have come to their end: it is to be written down without them
   */
  constructor(
    optionsOf: (cluster: string) => LaneOptions | undefined,
    onEnded: (cluster: string, transaction: Transaction) => void,
  ) {
    this.#optionsOf = optionsOf;
    this.#onEnded = onEnded;
  }

  /** The lane the records of a cluster belong to now. */
  get(cluster: string): Lane | undefined {
    return this.#lanes.get(cluster)?.at(-1);
  }

  /** Clusters whose lanes have not met the live position, or not committed what came of it. */
  get catchingUp(): number {
    let count = 0;
    for (const lanes of this.#lanes.values()) if (lanes.some(({ caughtUp }) => !caughtUp)) count++;
    return count;
  }

  /** Seams and fills of a cluster that are not complete, oldest first. */
  openOf(cluster: string): OpenLanes {
    const lanes = this.#lanes.get(cluster) ?? [];
    return {
      seams: lanes.flatMap((lane) => (lane instanceof ClusterLane ? lane.seams : [])),
      fills: lanes.flatMap((lane) => (lane instanceof FillLane ? lane.plan : [])),
    };
  }

  /** Whether no seam of a cluster is open at a log time, Unix ms; by the window at the place of its election. */
  seamIsOver(cluster: string, timestampMs: number): boolean {
    const last = this.#lanes.get(cluster)?.findLast((lane) => lane instanceof ClusterLane);
    return last === undefined || last.isPast(timestampMs);
  }

  /** What the lanes hold the watermark of the partition back by. */
  holds(nowMs: number): readonly WatermarkHold[] {
    const lanes = [...this.#lanes.values()].flat();
    return lanes.map((lane) => lane.hold(nowMs)).filter((hold) => hold !== undefined);
  }

  /** Opens again what was open when the partition was taken over. */
  restore(cluster: string, { seams, fills }: OpenLanes): void {
    const opened = [
      ...seams.map((seam) => ({ offset: seam.offset, open: () => this.open(cluster, seam) })),
      ...fills.map((step) => ({ offset: step.offset, open: () => this.fill(cluster, step) })),
    ];
    for (const { open } of opened.sort((a, b) => a.offset - b.offset)) open();
  }

  /** Opens a seam of a cluster, in the lane it has or a new one. */
  open(cluster: string, seam: OpenSeam): void {
    const lane = this.#lanes.get(cluster)?.at(-1);
    if (lane instanceof ClusterLane) lane.add(seam);
    else this.#append(cluster, seam.offset, (options) => new ClusterLane(options, [seam]));
  }

  /** Changes what is filled in a cluster. */
  fill(cluster: string, step: FillStep): void {
    const lane = this.#lanes.get(cluster)?.at(-1);
    if (lane instanceof FillLane) lane.add(step);
    else this.#append(cluster, step.offset, (options) => new FillLane(options, [step]));
  }

  close(cluster: string): void {
    this.#lanes.delete(cluster);
  }

  /** A cluster is vacant from a record on: its lanes read up to there what they have not read yet, and let go on what waits. */
  vacate(cluster: string, at: Pick<OpenSeam, 'offset' | 'electedAtMs' | 'epoch'>): void {
    const lane = this.get(cluster);
    if (lane === undefined) return;
    if (lane.joined && !lane.owes) this.close(cluster);
    else this.open(cluster, endOfReading(at));
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
    for (const [cluster, lanes] of this.#lanes) {
      if (lanes[0]?.isFinished === true) this.#leave(cluster, lanes);
      if (lanes[0] === next && isAtEnd(next)) this.#end(cluster, next, transaction);
    }
  }

  /** A lane has come to where its cluster turned vacant. It stays until that is committed, or the cluster is heard again. */
  #end(cluster: string, lane: Lane, transaction: Transaction): void {
    this.#onEnded(cluster, transaction);
    transaction.afterwards(() => {
      if (this.get(cluster) === lane && isAtEnd(lane)) this.close(cluster);
    });
  }

  #append(cluster: string, offset: number, make: (options: LaneOptions) => ClusterLane | FillLane): void {
    const options = this.#optionsOf(cluster);
    if (options === undefined) return;
    const lanes = this.#lanes.get(cluster) ?? [];
    lanes.at(-1)?.endAt(offset);
    lanes.push(make(options));
    this.#lanes.set(cluster, lanes);
    this.#leave(cluster, lanes);
  }

  /** Leaves the lanes that have come to where they end. */
  #leave(cluster: string, lanes: (ClusterLane | FillLane)[]): void {
    while (lanes[0]?.isFinished === true) lanes.shift();
    if (lanes.length === 0) this.#lanes.delete(cluster);
  }

  /** The lanes that have begun to read go on first. */
  #reading(): readonly Lane[] {
    const behind: Lane[] = [];
    for (const [lane] of this.#lanes.values()) if (lane !== undefined && !lane.joined) behind.push(lane);
    const begun = behind.filter(({ hasBegun }) => hasBegun);
    return [...begun, ...behind.filter(({ hasBegun }) => !hasBegun)].slice(0, READING_AT_ONCE);
  }
}

/** Whether a lane was to read up to where its cluster turned vacant, and has. */
function isAtEnd(lane: Lane): boolean {
  return lane instanceof ClusterLane && lane.isAtEnd;
}
