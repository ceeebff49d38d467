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

/** What elections are followed by. */
export interface ElectionRules {
  readonly idleTimeoutMs: number;
  readonly forgetAfterMs: number;
  /**
   * Offsets of the records by which a living replica of any cluster of the partition was succeeded: they are taken as they are,
   * and checked for what they are worth (`checkHandovers`).
   */
  readonly handovers: ReadonlySet<number>;
}

/** The elections of a cluster. */
export interface ClusterReigns {
  readonly reigns: readonly Reign[];
  /** Whether nothing is to be known of it in the end. */
  readonly isForgotten: boolean;
  /** How often it was forgotten. */
  readonly timesForgotten: number;
}

/**
 * Who is elected when in a cluster, by the words of the SPEC ("States and events", "Silence") and by who was heard when;
 * written without the code it is held against. Takes the records of all clusters in their order: one partition has one
 * clock, and one memory of what it has forgotten.
 */
export function reignsOf(history: readonly Entry[], cluster: Cluster, rules: ElectionRules): ClusterReigns {
  const forgotten: Forgotten = { epoch: 0 };
  const tables = new Map<Cluster, Elected>();
  let minute = NaN;
  for (const entry of history) {
    if (entry.partition !== cluster.partition) continue;
    const before = minute;
    minute = Math.floor((T0 + entry.atMs) / SWEEP_MS);
    if (minute > before) sweep(tables.values(), entry.atMs, forgotten);
    if (!isBeside(entry.cluster, cluster)) continue;
    const table = tables.get(entry.cluster) ?? new Elected(rules, forgotten);
    tables.set(entry.cluster, table);
    table.hear(entry);
  }
  const { reigns = [], isForgotten = false, timesForgotten = 0 } = tables.get(cluster) ?? {};
  return { reigns, isForgotten, timesForgotten };
}

/** Whether clusters are elected from the same topic. */
export function isBeside(one: Cluster, other: Cluster): boolean {
  return one.name !== undefined && (one.shards === undefined) === (other.shards === undefined);
}

/** The highest epoch of the clusters that were forgotten. */
interface Forgotten {
  epoch: number;
}

/** What is forgotten at a mark was vacant before; whoever comes behind it has the later epoch. */
function sweep(tables: Iterable<Elected>, nowMs: number, forgotten: Forgotten): void {
  const epochs = Array.from(tables, (table) => table.sweep(nowMs) ?? 0);
  forgotten.epoch = Math.max(forgotten.epoch, ...epochs);
}

/** The election of one cluster. */
class Elected {
  readonly reigns: Reign[] = [];
  timesForgotten = 0;
  readonly #steps = new Steps();
  #replica: string | undefined;
  #heardElectedMs = 0;
  #heardMs = 0;
  #silentMs = 0;
  /** Of its newest election; `undefined`: nothing is known of it. */
  #epoch: number | undefined;
  readonly #rules: ElectionRules;
  readonly #forgotten: Readonly<Forgotten>;

  constructor(rules: ElectionRules, forgotten: Readonly<Forgotten>) {
    this.#rules = rules;
    this.#forgotten = forgotten;
  }

  get isForgotten(): boolean {
    return this.#epoch === undefined;
  }

  /** The epoch it had, where nothing is known of it from here on. */
  sweep(nowMs: number): number | undefined {
    const { idleTimeoutMs, forgetAfterMs } = this.#rules;
    if (this.#replica !== undefined) {
      if (nowMs - this.#heardElectedMs >= idleTimeoutMs) this.#giveUp();
      return undefined;
    }
    if (nowMs - this.#heardMs < forgetAfterMs) return undefined;
    const epoch = this.#epoch;
    if (epoch !== undefined) this.timesForgotten++;
    this.#epoch = undefined;
    return epoch;
  }

  #giveUp(): void {
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
    else if (this.#rules.handovers.has(entry.offset)) this.#elect(name, 'score', entry);
  }

  #elect(replica: string, reason: Reign['reason'], { offset, atMs: electedAtMs }: Entry): void {
    const previous = this.#replica;
    const forerunner = previous === undefined ? undefined : { replica: previous, heardAtMs: this.#heardElectedMs };
    const last = this.reigns.pop();
    if (last !== undefined) this.reigns.push({ ...last, untilOffset: offset });
    const epoch = (this.#epoch ?? this.#forgotten.epoch) + 1;
    this.#epoch = epoch;
    this.reigns.push({ epoch, replica, offset, electedAtMs, untilOffset: Infinity, reason, forerunner });
    this.#replica = replica;
  }
}
