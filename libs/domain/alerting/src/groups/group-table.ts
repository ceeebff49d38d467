import { isResolved, type Alert } from '../alerts/alert.ts';
import { fingerprint as fingerprintOf } from '../labels/label-set.ts';
import { groupOf, matchRoutes, type AlertGroup, type Route } from '../routing/route.ts';
import { type GroupBeat } from './group-ticks.ts';
import { sortAlerts } from './sort-alerts.ts';

/** Alerts of a route that are notified together. */
export interface Group {
  /** `<route id>:<fingerprint of the group's labels>`: no two groups have the same, as two may of the key. */
  readonly id: string;
  readonly route: Route;
  readonly group: AlertGroup;
  readonly beat: GroupBeat;
  /** By fingerprint. */
  readonly alerts: ReadonlyMap<string, Alert>;
}

/** A group as it is told from others, whether it is there or not. */
export type GroupPlace = Pick<Group, 'id' | 'route' | 'group'>;

/** How an alert is taken into the groups of its routes. */
interface Taking {
  readonly fingerprint: string;
  readonly isTaken: (group: GroupPlace, isOpen: boolean) => boolean;
}

/** An alert at a flush. */
export interface FlushedAlert extends Alert {
  readonly fingerprint: string;
  /** As of the flush. */
  readonly resolved: boolean;
}

interface OpenGroup extends Group {
  beat: GroupBeat;
  readonly alerts: Map<string, Alert>;
}

/** The groups of a routing tree, and the alerts in them (SPEC.md, G1 to G5). */
export class GroupTable {
  readonly #root: Route;
  readonly #groups = new Map<string, OpenGroup>();
  /** Ids of the groups of an alert, by its fingerprint: routes are asked once. */
  readonly #idsOf = new Map<string, readonly string[]>();

  constructor(root: Route) {
    this.#root = root;
  }

  /**
   * Takes an alert into its groups.
   *
   * @param atMs log time at which it came: when groups that are not there yet open
   * @param fingerprint of the alert, where it is known
   * @returns the groups it opened
   */
  put(alert: Alert, atMs: number, fingerprint: string = fingerprintOf(alert.labels)): readonly Group[] {
    const known = this.#idsOf.get(fingerprint);
    if (known?.every((id) => this.#groups.get(id)?.alerts.set(fingerprint, alert) !== undefined) === true) return [];
    return this.#putByRoutes(alert, atMs, { fingerprint, isTaken: (_, isOpen) => isOpen || !isResolved(alert, atMs) });
  }

  /**
   * Takes an alert that is over into those of its groups that it has not left yet.
   *
   * @param isAwaited whether such a group is open, and waits for the alert's end to be told
   * @returns the groups it opened
   */
  restore(alert: Alert, fingerprint: string, isAwaited: (group: GroupPlace) => boolean): readonly Group[] {
    return this.#putByRoutes(alert, alert.updatedAtMs, { fingerprint, isTaken: isAwaited });
  }

  get(id: string): Group | undefined {
    return this.#groups.get(id);
  }

  values(): IterableIterator<Group> {
    return this.#groups.values();
  }

  get size(): number {
    return this.#groups.size;
  }

  /** The log says when a group was opened: what it says last holds for every instance. */
  openedAt(id: string, openedAtMs: number, firstStartsAtMs: number): void {
    const known = this.#groups.get(id);
    if (known !== undefined) known.beat = { ...known.beat, openedAtMs, firstStartsAtMs };
  }

  /** The alerts of a group in the order of a notification, as of a time; empty where there is no such group. */
  alertsAt(id: string, nowMs: number): readonly FlushedAlert[] {
    const alerts = [...(this.#groups.get(id)?.alerts ?? [])];
    return sortAlerts(
      alerts.map(([fingerprint, alert]) => ({ ...alert, fingerprint, resolved: isResolved(alert, nowMs) })),
    );
  }

  /**
   * A flush has succeeded: the alerts that were resolved in it leave the group, unless they came again since. A group that
   * is left without alerts is destroyed.
   *
   * @returns whether it was
   */
  flushed(id: string, alerts: readonly FlushedAlert[]): boolean {
    const group = this.#groups.get(id);
    if (group === undefined) return false;
    for (const { fingerprint, resolved, updatedAtMs } of alerts) {
      if (resolved && group.alerts.get(fingerprint)?.updatedAtMs === updatedAtMs) group.alerts.delete(fingerprint);
    }
    return group.alerts.size === 0 && this.#groups.delete(id);
  }

  /**
   * A group has ended elsewhere: what is over leaves it.
   *
   * @returns whether it is gone; not where alerts that fire came since
   */
  ended(id: string, nowMs: number): boolean {
    const group = this.#groups.get(id);
    if (group === undefined) return true;
    for (const [fingerprint, alert] of group.alerts) if (isResolved(alert, nowMs)) group.alerts.delete(fingerprint);
    return group.alerts.size === 0 && this.#groups.delete(id);
  }

  /** An alert leaves a group: its end was told. @returns whether the group is gone with it */
  leave(id: string, fingerprint: string): boolean {
    const group = this.#groups.get(id);
    if (group === undefined) return false;
    group.alerts.delete(fingerprint);
    return group.alerts.size === 0 && this.#groups.delete(id);
  }

  /** Forgets where an alert belongs that is known no more. */
  forget(fingerprint: string): void {
    this.#idsOf.delete(fingerprint);
  }

  /** Whether any group still has an alert. */
  holds(alert: Alert, fingerprint: string = fingerprintOf(alert.labels)): boolean {
    const ids = this.#idsOf.get(fingerprint) ?? this.#candidates(alert).map(({ id }) => id);
    return ids.some((id) => this.#groups.get(id)?.alerts.has(fingerprint) === true);
  }

  #putByRoutes(alert: Alert, atMs: number, { fingerprint, isTaken }: Taking): readonly Group[] {
    const opened: Group[] = [];
    const candidates = this.#candidates(alert);
    this.#idsOf.set(
      fingerprint,
      candidates.map(({ id }) => this.#groups.get(id)?.id ?? id),
    );
    for (const candidate of candidates) {
      const known = this.#groups.get(candidate.id);
      if (!isTaken(candidate, known !== undefined)) continue;
      const open = known ?? openGroup(candidate, alert, atMs);
      open.alerts.set(fingerprint, alert);
      if (known === undefined) {
        this.#groups.set(candidate.id, open);
        opened.push(open);
      }
    }
    return opened;
  }

  #candidates({ labels }: Alert): readonly GroupPlace[] {
    return matchRoutes(this.#root, labels).map((route) => {
      const group = groupOf(route, labels);
      return { id: groupId(route, group), route, group };
    });
  }
}

function groupId(route: Route, group: AlertGroup): string {
  return `${route.id}:${group.fingerprint}`;
}

function openGroup(group: Omit<Group, 'beat' | 'alerts'>, first: Alert, atMs: number): OpenGroup {
  const { groupWaitMs, groupIntervalMs } = group.route.options;
  const beat = { openedAtMs: atMs, firstStartsAtMs: first.startsAtMs, groupWaitMs, groupIntervalMs };
  return { ...group, beat, alerts: new Map() };
}
