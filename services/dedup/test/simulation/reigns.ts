import { SETTINGS, T0 } from '../pipeline.ts';
import { type Entry } from './records.ts';
import { Steps } from './steps.ts';
import { type Cluster } from './world.ts';

/** Who was elected before; times in ms since the world began. */
export interface Forerunner {
  readonly replica: string;
  readonly heardAtMs: number;
  /** Its newest sample, where the log says it; `null`: it had none. */
  readonly highMs?: number | null;
}

/** The time of one replica, from the record that elected it to the next one's; all times in ms since the world began. */
export interface Reign {
  readonly epoch: number;
  readonly replica: string;
  /** Offset of the record that elected it. */
  readonly offset: number;
  readonly electedAtMs: number;
  /** Offset of the record that elected the next one, or `Infinity`. */
  readonly untilOffset: number;
  /** Whether its place was given up behind it, because the cluster was silent. */
  readonly isGivenUp?: boolean;
  /** Why it was elected; the first one, and after the place was given up: as at a failover. */
  readonly reason: 'failover' | 'lost-scrapes' | 'score';
  /** The one before, and when its last record came; absent for the first one, and after the place was given up. */
  readonly forerunner: Forerunner | undefined;
  /** In a shard: offset of the first record that has waited for this election. */
  readonly fromOffset?: number;
}

const FAILOVER_MS = SETTINGS.elections.failoverTimeoutMs;
const SWEEP_MS = 60_000;

/**
 * Who is elected when in a cluster, by the words of the SPEC ("States and events", "Silence") and by who was heard when;
 * written without the code it is held against. Takes the records of all clusters in their order: one partition has one
 * clock.
 *
 * @param handovers offsets of the records by which a living replica was succeeded: they are taken as they are, and checked for what
 *   they are worth (`checkHandovers`)
 */
export function reignsOf(
  history: readonly Entry[],
  cluster: Cluster,
  { idleTimeoutMs, handovers }: { readonly idleTimeoutMs: number; readonly handovers: ReadonlySet<number> },
): readonly Reign[] {
  const table = new Elected(handovers);
  let minute = NaN;
  for (const entry of history) {
    if (entry.partition !== cluster.partition) continue;
    const before = minute;
    minute = Math.floor((T0 + entry.atMs) / SWEEP_MS);
    if (minute > before) table.sweep(entry.atMs, idleTimeoutMs);
    if (entry.cluster === cluster) table.hear(entry);
  }
  return table.reigns;
}

/** The election of one cluster. */
class Elected {
  readonly reigns: Reign[] = [];
  readonly #steps = new Steps();
  #replica: string | undefined;
  #heardElectedMs = 0;
  #heardMs = 0;
  #silentMs = 0;
  readonly #handovers: ReadonlySet<number>;

  constructor(handovers: ReadonlySet<number>) {
    this.#handovers = handovers;
  }

  sweep(nowMs: number, idleTimeoutMs: number): void {
    if (this.#replica === undefined || nowMs - this.#heardElectedMs < idleTimeoutMs) return;
    this.#replica = undefined;
    const last = this.reigns.pop();
    if (last !== undefined) this.reigns.push({ ...last, isGivenUp: true });
  }

  hear(entry: Entry): void {
    const { replica, atMs } = entry;
    const { name } = replica;
    if (name !== this.#replica) this.#silentMs += Math.min(atMs - this.#heardMs, FAILOVER_MS / 2);
    this.#heardMs = atMs;
    const isVacant = this.#replica === undefined;
    if (isVacant) this.#steps.clear();
    const covering = this.#steps.hear(entry, this.#replica, this.#heardElectedMs);
    if (covering !== undefined) this.#elect(covering, 'lost-scrapes', entry);
    else if (name !== this.#replica) this.#succeed(entry);
    if (name !== this.#replica && covering === undefined) return;
    this.#heardElectedMs = atMs;
    this.#silentMs = 0;
  }

  /** Elects the replica of a record that is not the elected one's, if it is time. */
  #succeed(entry: Entry): void {
    const { name } = entry.replica;
    if (this.#replica === undefined || this.#silentMs >= FAILOVER_MS) this.#elect(name, 'failover', entry);
    else if (this.#handovers.has(entry.offset)) this.#elect(name, 'score', entry);
  }

  #elect(replica: string, reason: Reign['reason'], { offset, atMs: electedAtMs }: Entry): void {
    const previous = this.#replica;
    const forerunner = previous === undefined ? undefined : { replica: previous, heardAtMs: this.#heardElectedMs };
    const last = this.reigns.pop();
    if (last !== undefined) this.reigns.push({ ...last, untilOffset: offset });
    const epoch = this.reigns.length + 1;
    this.reigns.push({ epoch, replica, offset, electedAtMs, untilOffset: Infinity, reason, forerunner });
    this.#replica = replica;
  }
}
