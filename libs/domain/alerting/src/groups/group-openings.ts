import { type GroupBeat } from './group-ticks.ts';

/** When a group was opened; times are Unix ms. */
export interface GroupOpening extends Pick<GroupBeat, 'openedAtMs' | 'firstStartsAtMs'> {
  /** When the group of the same id was opened that ended before this one; 0 where none is known. */
  readonly followsMs: number;
}

/**
 * When groups were opened, as the log says (SPEC.md, W5 to W7): of several records that of the newest group holds, and of those
 * of one group the earliest. It does not matter in which order they are read, nor which of them compaction has left out.
 */
export class GroupOpenings {
  readonly #standing = new Map<string, GroupOpening>();
  /** When the last group of an id was opened that has ended. */
  readonly #ended = new Map<string, number>();

  /** When an open group was opened; `undefined` where the log does not say, or says that it has ended. */
  get(id: string): GroupOpening | undefined {
    return this.#standing.get(id);
  }

  /** Ids of the groups that are open by the log. */
  ids(): IterableIterator<string> {
    return this.#standing.keys();
  }

  /** What is to be said of a group that opens. */
  following(id: string, { openedAtMs, firstStartsAtMs }: Omit<GroupOpening, 'followsMs'>): GroupOpening {
    return { openedAtMs, firstStartsAtMs, followsMs: this.#ended.get(id) ?? 0 };
  }

  /** A record that says when a group was opened. @returns the one that holds */
  opened(id: string, opening: GroupOpening): GroupOpening {
    const known = this.#standing.get(id);
    const standing = known === undefined || compare(opening, known) < 0 ? opening : known;
    this.#standing.set(id, standing);
    return standing;
  }

  /** A group has ended. @returns whether it was open */
  ended(id: string): boolean {
    const standing = this.#standing.get(id);
    if (standing === undefined) return false;
    this.#ended.set(id, standing.openedAtMs);
    return this.#standing.delete(id);
  }

  /** Forgets groups that have ended and were opened before a time: nobody speaks of them any more. */
  forgetEnded(openedBeforeMs: number): void {
    for (const [id, openedAtMs] of this.#ended) if (openedAtMs < openedBeforeMs) this.#ended.delete(id);
  }
}

/** Which of two records of a group holds: less than 0 where it is the first. */
function compare(one: GroupOpening, other: GroupOpening): number {
  return (
    other.followsMs - one.followsMs || one.openedAtMs - other.openedAtMs || one.firstStartsAtMs - other.firstStartsAtMs
  );
}

/** Whether two records say the same. */
export function isSameOpening(one: GroupOpening, other: GroupOpening): boolean {
  return compare(one, other) === 0;
}
