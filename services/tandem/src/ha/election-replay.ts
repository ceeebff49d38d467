import {
  ElectionTable,
  type Election,
  type ElectionSettings,
  type JudgedRecord,
  type OperatorCommand,
} from '@tandem/election';

/** An election as a replay holds it. Times are log time, Unix ms. */
export interface ReplayedElection {
  readonly timeMs: number;
  /** Who was elected until then; `null`: nobody. */
  readonly from: string | null;
  readonly to: string;
  readonly reason: string;
  /** What `from` was worse in, where the reason is `score`; otherwise `null`. */
  readonly detail: string | null;
  /** How long `from` had not been heard; `null`: nobody, or not known how long. */
  readonly silenceMs: number | null;
  /** The record of `samples`, or of `heartbeats`, that decided. */
  readonly offset: number;
}

/** What came of a replay. */
export interface ReplayOutcome {
  /** The newest ones, at most {@link MAX_ELECTIONS}, the oldest first. */
  readonly elections: readonly ReplayedElection[];
  /** How many there were. */
  readonly held: number;
  /** Elections that gave the place back within ten minutes, those by hand left out. */
  readonly flaps: number;
  /** The longest time between two records of whoever was elected, ms; `null` where there were no two. */
  readonly longestGapMs: number | null;
  /** When that began, log time in Unix ms. */
  readonly longestGapFromMs: number | null;
}

/** Whoever was elected when a replay begins, as it was written down. */
export interface StandingElection {
  readonly replica: string;
  /** Log time, Unix ms. */
  readonly electedAtMs: number;
  readonly previousReplica: string | null;
  /** An operator has pinned the replica. */
  readonly pinned: boolean;
}

/** Makes the settings of a replay out of those in force. */
export type SettingsChanger = (inForce: ElectionSettings) => ElectionSettings;

/** The most elections a replay remembers. */
export const MAX_ELECTIONS = 1000;
/** A failover back to the replica that was replaced less than so long ago is a flap, ms. */
const FLAP_MS = 600_000;

/** Replays the records of one cluster through the rules of elections, with settings of its own. Memory is bounded. */
export class ElectionReplay {
  readonly #table: ElectionTable;
  readonly #elections: ReplayedElection[] = [];
  #held = 0;
  #flaps = 0;
  #longestGapMs: number | null = null;
  #longestGapFromMs: number | null = null;
  #acceptedMs: number | undefined;
  #replaced: { readonly replica: string | null; readonly atMs: number } | undefined;

  readonly #lay: SettingsChanger;

  /**
   * @param inForce the settings it begins with
   * @param lay what is different from those in force; default: nothing
   */
  constructor(inForce: ElectionSettings, lay: SettingsChanger = (settings) => settings) {
    this.#lay = lay;
    this.#table = new ElectionTable(lay(inForce));
  }

  /** Other settings are in force from the next record on. */
  configure(inForce: ElectionSettings): void {
    this.#table.configure(this.#lay(inForce));
  }

  /** Begins with a replica elected; nothing is known of it before `sinceMs` but that. */
  begin(cluster: Pick<JudgedRecord, 'tenant' | 'cluster'>, elected: StandingElection, sinceMs: number): void {
    const { electedAtMs, replica } = elected;
    const timestampMs = Math.max(electedAtMs, sinceMs);
    this.#table.advance(timestampMs);
    // The table makes the state: a first record elects its replica. Its epoch is another one, which decides nothing.
    this.#table.judge({ ...cluster, replica, timestampMs, minTimestampMs: timestampMs });
    if (elected.pinned) this.#table.obey(cluster, { kind: 'pin', replica });
    this.#replaced = { replica: elected.previousReplica, atMs: electedAtMs };
    if (electedAtMs >= sinceMs) this.#acceptedMs = electedAtMs;
  }

  /** A record from before the range: it is heard, and decides nothing. */
  recall(record: JudgedRecord): void {
    this.#table.recall(record);
    const state = this.#table.get(record.cluster);
    if (state?.kind === 'elected' && state.replica === record.replica) this.#acceptedMs = this.#table.nowMs;
  }

  /** The append time of any record of the range. */
  advance(timestampMs: number): void {
    this.#table.advance(timestampMs);
  }

  /** A record of the cluster, at the time to which `advance` has moved the clock. */
  judge(record: JudgedRecord, offset: number): void {
    const decision = this.#table.judge(record);
    const { effect } = decision;
    if (effect?.kind === 'elect') this.#elected(effect.election, offset);
    if (decision.verdict !== 'accept') return;
    this.#closeGap();
    this.#acceptedMs = this.#table.nowMs;
  }

  /** An operator's command, at the time to which `advance` has moved the clock. */
  obey(cluster: Pick<JudgedRecord, 'tenant' | 'cluster'>, command: OperatorCommand, offset: number): void {
    const { effect } = this.#table.obey(cluster, command);
    if (effect?.kind === 'elect') this.#elected(effect.election, offset);
  }

  /** What came of it so far, the time since the last record that was let through included. */
  outcome(): ReplayOutcome {
    this.#closeGap();
    return {
      elections: this.#elections,
      held: this.#held,
      flaps: this.#flaps,
      longestGapMs: this.#longestGapMs,
      longestGapFromMs: this.#longestGapFromMs,
    };
  }

  #elected(election: Pick<Election, 'replica' | 'reason' | 'detail' | 'previous'>, offset: number): void {
    const timeMs = this.#table.nowMs;
    const from = election.previous?.replica ?? null;
    const silenceMs = from === null || this.#acceptedMs === undefined ? null : timeMs - this.#acceptedMs;
    const { replica: to, reason, detail = null } = election;
    if (reason !== 'operator' && this.#gaveUp(to, timeMs)) this.#flaps++;
    this.#replaced = { replica: from, atMs: timeMs };
    this.#held++;
    if (this.#elections.length === MAX_ELECTIONS) this.#elections.shift();
    this.#elections.push({ timeMs, from, to, reason, detail, silenceMs, offset });
  }

  /** Whether a replica was replaced a short time ago. */
  #gaveUp(replica: string, timeMs: number): boolean {
    const replaced = this.#replaced;
    return replaced?.replica === replica && timeMs - replaced.atMs < FLAP_MS;
  }

  #closeGap(): void {
    if (this.#acceptedMs === undefined) return;
    const gapMs = this.#table.nowMs - this.#acceptedMs;
    if (this.#longestGapMs !== null && gapMs <= this.#longestGapMs) return;
    this.#longestGapMs = gapMs;
    this.#longestGapFromMs = this.#acceptedMs;
  }
}
