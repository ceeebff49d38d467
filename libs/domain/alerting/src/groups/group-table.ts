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

  constructor(root: Route) {
    this.#root = root;
  }

  /**
   * Takes an alert into its groups.
   *
   * @param atMs log time at which it came: when groups that are not there yet open
   * @returns the groups it opened
   */
  put(alert: Alert, atMs: number): readonly Group[] {
    const fingerprint = fingerprintOf(alert.labels);
    const opened: Group[] = [];
    for (const route of matchRoutes(this.#root, alert.labels)) {
      const group = groupOf(route, alert.labels);
      const id = groupId(route, group);
      const known = this.#groups.get(id);
      if (known === undefined && isResolved(alert, atMs)) continue;
      const open = known ?? openGroup({ id, route, group }, alert, atMs);
      open.alerts.set(fingerprint, alert);
      if (known === undefined) {
        this.#groups.set(id, open);
        opened.push(open);
      }
    }
    return opened;
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

  /** Whether any group still has an alert. */
  holds(alert: Alert): boolean {
    const fingerprint = fingerprintOf(alert.labels);
    return matchRoutes(this.#root, alert.labels).some(
      (route) => this.#groups.get(groupId(route, groupOf(route, alert.labels)))?.alerts.has(fingerprint) === true,
    );
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
