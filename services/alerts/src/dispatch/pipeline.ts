import {
  alertHash,
  buildRoutes,
  GroupTable,
  Inhibitor,
  isResolved,
  isUncertain,
  notificationKey,
  TimeIntervals,
  type Alert,
  type Group,
  type GroupPlace,
  type Integration,
  type Route,
  type TargetState,
} from '@tandem/alerting';
import { inhibitRules, namedTimeIntervals, routeSpec } from '@tandem/alertmanager-config';

import { type AlertsConfig } from '../alerts-options.ts';
import { type AlertsState, type Grouping } from '../state/alerts-state.ts';
import { Dispatcher, type DispatcherOptions } from './dispatcher.ts';

/** What pipelines of all configurations have in common. */
export interface PipelineContext extends Omit<
  DispatcherOptions,
  'groups' | 'suppressors' | 'integrationsOf' | 'stopping' | 'watchedUntilMs' | 'onPassedOver'
> {
  readonly silences: DispatcherOptions['suppressors']['silences'];
  readonly state: Pick<AlertsState, 'alerts' | 'openings'>;
}

/** What a configuration makes of alerts: groups that tick, what keeps them back, and whom they are told to. */
export class Pipeline implements Grouping {
  readonly config: AlertsConfig;
  readonly root: Route;
  readonly groups: GroupTable;
  readonly inhibitor: Inhibitor;
  readonly times: TimeIntervals;
  readonly #context: PipelineContext;
  readonly #stopping = new AbortController();
  #dispatcher: Dispatcher | undefined;

  constructor(config: AlertsConfig, context: PipelineContext) {
    this.config = config;
    this.#context = context;
    this.root = buildRoutes(routeSpec(config.config.route));
    this.groups = new GroupTable(this.root);
    this.inhibitor = new Inhibitor(inhibitRules(config.config));
    this.times = new TimeIntervals(namedTimeIntervals(config.config));
  }

  /**
   * Takes every alert that is known. One that is over comes into a group that is open and waits for its end to be told.
   *
   * @param before the groups that there were, where the configuration is another one now
   * @param nowMs log time at which groups open that are not there yet; without it when their alerts came
   */
  fill(before?: GroupTable, nowMs?: number): void {
    const logTimeMs = this.#context.clock.now();
    for (const [fingerprint, alert] of this.#context.state.alerts.entries()) {
      this.inhibitor.put(fingerprint, alert);
      if (!isResolved(alert, logTimeMs)) this.groups.put(alert, nowMs ?? alert.updatedAtMs, fingerprint);
      else this.groups.restore(alert, fingerprint, (group) => this.#isAwaited(group, fingerprint, alert, before));
    }
  }

  /** Lets the groups tick. @param watchedUntilMs until when somebody looked after them */
  start(watchedUntilMs: number | undefined): void {
    this.#dispatcher = new Dispatcher({
      ...this.#context,
      groups: this.groups,
      suppressors: { inhibitor: this.inhibitor, times: this.times, silences: this.#context.silences },
      integrationsOf: (receiver) => this.integrationsOf(receiver),
      stopping: this.#stopping.signal,
      watchedUntilMs,
      onPassedOver: (group) => void this.#passedOver(group),
    });
    this.#dispatcher.start();
  }

  put(alert: Alert, atMs: number, fingerprint: string): readonly Group[] {
    const opened = this.#dispatcher?.put(alert, atMs, fingerprint) ?? this.groups.put(alert, atMs, fingerprint);
    return isResolved(alert, atMs) ? this.#comeLate(alert, fingerprint) : opened;
  }

  retimed(id: string): void {
    this.#dispatcher?.retimed(id);
  }

  /** Instances have come or gone. */
  ownersChanged(): void {
    this.#dispatcher?.ownersChanged();
  }

  integrationsOf(receiver: string): readonly Integration[] {
    return this.config.integrations.get(receiver) ?? [];
  }

  /** Lets no group tick any more. @returns until when the groups were looked after: what was begun is not done */
  stop(): number {
    const nowMs = this.#context.clock.now();
    const sinceMs = this.#dispatcher?.flushingSinceMs();
    this.#stopping.abort();
    return sinceMs === undefined ? nowMs : Math.min(nowMs, sinceMs - 1);
  }

  /** Resolves when all flushes have ended. */
  async stopped(): Promise<void> {
    await this.#dispatcher?.stopped();
  }

  /** An alert that is over by the time it is read belongs to its group all the same, where the log says that it is open. */
  #comeLate(alert: Alert, fingerprint: string): readonly Group[] {
    const opened = this.groups.restore(
      alert,
      fingerprint,
      ({ id }) => this.#context.state.openings.get(id) !== undefined,
    );
    this.#dispatcher?.watch(opened);
    return opened;
  }

  /** Whether an alert that is over is still to be told of: somebody may believe that it fires. */
  #isAwaited(group: GroupPlace, fingerprint: string, alert: Alert, before: GroupTable | undefined): boolean {
    if (before?.get(group.id)?.alerts.has(fingerprint) === true) return true;
    if (this.#context.state.openings.get(group.id) === undefined) return false;
    return this.#statesOf(group).some((state) => mayBelieve(state, alertHash(alert.labels)));
  }

  #statesOf(group: GroupPlace): readonly TargetState[] {
    return this.#keysOf(group).map((key) => this.#context.log.known(key));
  }

  #keysOf({ route, group }: GroupPlace): readonly string[] {
    const { receiver } = route.options;
    return this.integrationsOf(receiver).map(({ type, index }) =>
      notificationKey({ groupKey: group.key, receiver, integration: type, index }),
    );
  }

  /**
   * Another instance looks after a group: alerts whose end it has told leave it here too. The log is read to its end for that:
   * whoever has just come back to it knows of an alert before it knows that somebody was told of it.
   */
  async #passedOver({ id, alerts, ...place }: Group): Promise<void> {
    const nowMs = this.#context.clock.now();
    if (![...alerts.values()].some((alert) => isResolved(alert, nowMs))) return;
    const { log } = this.#context;
    const keys = this.#keysOf({ id, ...place });
    // A signal of its own: whoever watches for the end of the pipeline is to be few.
    const { signal } = new AbortController();
    const states = await Promise.all(keys.map((key) => log.readToEnd(key, signal)));
    for (const [fingerprint, alert] of alerts) {
      if (!isResolved(alert, nowMs)) continue;
      const hash = alertHash(alert.labels);
      if (states.every((state) => state !== undefined && !mayBelieve(state, hash))) this.groups.leave(id, fingerprint);
    }
  }
}

/** Whether a target was told that an alert fires, and not that it does no more; or may have been (SPEC.md, N9). */
function mayBelieve(state: TargetState, hash: string): boolean {
  return state.entry?.firing.has(hash) === true || isUncertain(state);
}
