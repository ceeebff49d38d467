import { tickAfter, tickBefore, type Alert, type Group, type GroupBeat } from '@tandem/alerting';

import { flushGroup, type FlushContext } from './flush-group.ts';

/** How a dispatcher begins. */
export interface DispatcherOptions extends FlushContext {
  /**
   * Until when somebody looked after the groups (log time, Unix ms): ticks between then and now are made up for. Absent:
   * nobody ever did.
   */
  readonly watchedUntilMs?: number | undefined;
  /** Told of what should not happen: a flush that threw. */
  readonly onError: (error: unknown, group: Group) => void;
}

/** Lets the groups tick (SPEC.md, G2 and G3). Of the ticks in a flush the last one follows it. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Begins to tick, for the groups there are. */
  start(): void {
    for (const group of this.#options.groups.values()) this.#watch(group);
  }

  /** An alert came, at a log time. @returns the groups it opened */
  put(alert: Alert, atMs: number): readonly Group[] {
    const opened = this.#options.groups.put(alert, atMs);
    for (const group of opened) this.#watch(group);
    return opened;
  }

  /** Resolves when no group ticks any more: the instance is stopping. */
  async stopped(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  #watch({ id }: Group): void {
    if (this.#running.has(id) || this.#options.stopping.aborted) return;
    this.#running.set(id, this.#tick(id));
  }

  async #tick(id: string): Promise<void> {
    const { groups, clock, stopping } = this.#options;
    let dueMs = this.#firstDue(id);
    while (dueMs !== undefined && (await clock.sleep(dueMs - clock.now(), stopping))) {
      await this.#flush(id, dueMs);
      const group = groups.get(id);
      dueMs = group && nextDue(group.beat, dueMs, clock.now());
    }
    // In the same turn as the look at the group: one that opens from here on is watched anew.
    this.#running.delete(id);
  }

  /** A tick that nobody was there for is made up for at once; otherwise the next one. */
  #firstDue(id: string): number | undefined {
    const { groups, clock, watchedUntilMs } = this.#options;
    const group = groups.get(id);
    if (group === undefined) return undefined;
    const nowMs = clock.now();
    const missed = tickBefore(group.beat, nowMs);
    if (missed !== undefined && (watchedUntilMs === undefined || missed > watchedUntilMs)) return missed;
    return tickAfter(group.beat, nowMs - 1);
  }

  async #flush(id: string, tickMs: number): Promise<void> {
    const group = this.#options.groups.get(id);
    if (group === undefined) return;
    try {
      await flushGroup(group, tickMs, this.#options);
    } catch (error) {
      this.#options.onError(error, group);
    }
  }
}

/** The tick after another one; where several have passed meanwhile, the last of them, which is due. */
function nextDue(beat: GroupBeat, tickMs: number, nowMs: number): number {
  const passed = tickBefore(beat, nowMs);
  return passed !== undefined && passed > tickMs ? passed : tickAfter(beat, tickMs);
}
