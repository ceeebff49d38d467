import { type GroupBeat } from './group-ticks.ts';

/** When a group was opened; times are Unix ms. */
export type GroupOpening = Pick<GroupBeat, 'openedAtMs' | 'firstStartsAtMs'>;

/**
 * When groups were opened, as the log says (SPEC.md, W5 to W7): of several records the first one behind the group's last end
 * holds, so that all instances agree, and none goes on with what a group of the same name before it had.
 */
export class GroupOpenings {
  readonly #standing = new Map<string, GroupOpening>();

  /** When an open group was opened; `undefined` where the log does not say, or says that it has ended. */
  get(id: string): GroupOpening | undefined {
    return this.#standing.get(id);
  }

  /** Ids of the groups that are open by the log. */
  ids(): IterableIterator<string> {
    return this.#standing.keys();
  }

  /** A record that says when a group was opened. @returns the one that holds */
  opened(id: string, opening: GroupOpening): GroupOpening {
    const standing = this.#standing.get(id) ?? opening;
    this.#standing.set(id, standing);
    return standing;
  }

  /** A group has ended. @returns whether it was open */
  ended(id: string): boolean {
    return this.#standing.delete(id);
  }
}

/** Whether two records say the same. */
export function isSameOpening(one: GroupOpening, other: GroupOpening): boolean {
  return one.openedAtMs === other.openedAtMs && one.firstStartsAtMs === other.firstStartsAtMs;
}
