import { compareText } from '../labels/label-set.ts';

/** An instance of an alerts cluster, as it told of itself. */
export interface Member {
  /** Stable name: by it, positions are given. */
  readonly name: string;
  /** Tells one life of an instance from the next. */
  readonly life: string;
  /** Address it can be reached at, `host:port`. */
  readonly address: string;
  /** Hash of its configuration: instances of a cluster should have the same. */
  readonly configHash: string;
  readonly version: string;
}

/** A member, and when it was last heard (log time, Unix ms). */
export interface HeardMember {
  readonly member: Member;
  readonly heardAtMs: number;
}

/**
 * The instances of a cluster by their heartbeats. What was heard last of a name holds: an instance that comes back takes
 * its old place.
 */
export class MemberTable {
  readonly #byName = new Map<string, HeardMember>();
  readonly #timeoutMs: number;
  #lastHeardMs: number | undefined;

  /** @param timeoutMs silence after which a member is not there any more */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** A heartbeat, appended at a log time. */
  heard(member: Member, heardAtMs: number): void {
    this.#byName.set(member.name, { member, heardAtMs });
    this.#heardAt(heardAtMs);
  }

  /** A member has said good-bye, at a log time. */
  left(name: string, leftAtMs: number): void {
    this.#byName.delete(name);
    this.#heardAt(leftAtMs);
  }

  /** What was heard last of a member. */
  get(name: string): HeardMember | undefined {
    return this.#byName.get(name);
  }

  /** Names of members that were not heard for the timeout. */
  gone(logTimeMs: number): readonly string[] {
    return [...this.#byName].filter(([, { heardAtMs }]) => !this.#isLive(heardAtMs, logTimeMs)).map(([name]) => name);
  }

  /** Members heard within the timeout, by name. */
  live(logTimeMs: number): readonly Member[] {
    return [...this.#byName.values()]
      .filter(({ heardAtMs }) => this.#isLive(heardAtMs, logTimeMs))
      .map(({ member }) => member)
      .toSorted((a, b) => compareText(a.name, b.name));
  }

  /** Place among the live members, itself included; what the wait of an instance is counted by. */
  positionOf(name: string, logTimeMs: number): number {
    return this.live(logTimeMs).filter((member) => compareText(member.name, name) < 0).length;
  }

  /** When anybody was last heard, a good-bye included, or `undefined` where nobody ever was. */
  lastHeardMs(): number | undefined {
    return this.#lastHeardMs;
  }

  #isLive(heardAtMs: number, logTimeMs: number): boolean {
    return logTimeMs - heardAtMs < this.#timeoutMs;
  }

  #heardAt(timeMs: number): void {
    this.#lastHeardMs = Math.max(this.#lastHeardMs ?? timeMs, timeMs);
  }
}
