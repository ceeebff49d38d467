import { tickAfter, tickBefore, type Alert, type Group, type GroupBeat } from '@tandem/alerting';

import { flushGroup, type FlushContext } from './flush-group.ts';

/** How a dispatcher begins. Times are log time, Unix ms. */
export interface DispatcherOptions extends FlushContext {
  /** Until when somebody looked after the groups: ticks between then and now are made up for. Absent: nobody ever did. */
  readonly watchedUntilMs?: number | undefined;
  /** No group is flushed before. */
  readonly notBeforeMs?: number | undefined;
  /** Whether a group is this instance's to flush; absent: all are. Ticks of others are passed over. */
  readonly owns?: ((group: Group) => boolean) | undefined;
  /** Told of a tick that was passed over. */
  readonly onPassedOver?: ((group: Group) => void) | undefined;
  /** Told of what should not happen: a flush that threw. */
  readonly onError: (error: unknown, group: Group) => void;
}

/** A group that is watched. */
interface Watch {
  readonly id: string;
  /** Ends the sleep until the next tick, because that may be another one now. */
  waking: AbortController;
  /** The tick that was looked after last. */
  lastTickMs?: number | undefined;
  /** The tick that was passed over last, where none was flushed since. */
  passedMs?: number | undefined;
  /** The tick that is being flushed. */
  flushingMs?: number | undefined;
  done: Promise<void>;
}

/** Lets the groups tick (SPEC.md, G2 and G3). Of the ticks in a flush the last one follows it. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #watches = new Map<string, Watch>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    options.stopping.addEventListener('abort', () => this.#wakeAll(), { once: true });
  }

  /** Begins to tick, for the groups there are. */
  start(): void {
    for (const group of this.#options.groups.values()) this.#watch(group);
  }

  /** An alert came, at a log time. @returns the groups it opened */
  put(alert: Alert, atMs: number, fingerprint?: string): readonly Group[] {
    const opened = this.#options.groups.put(alert, atMs, fingerprint);
    for (const group of opened) this.#watch(group);
    return opened;
  }

  /** Lets groups tick that were opened otherwise. */
  watch(opened: readonly Group[]): void {
    for (const group of opened) this.#watch(group);
  }

  /** A group ticks at other times from now on, or is gone. */
  retimed(id: string): void {
    this.#watches.get(id)?.waking.abort();
  }

  /** Instances have come or gone: groups may be this one's now, whose ticks nobody was there for. */
  ownersChanged(): void {
    for (const watch of this.#watches.values()) if (watch.passedMs !== undefined) watch.waking.abort();
  }

  /** The earliest tick that is being flushed; `undefined` where none is. */
  flushingSinceMs(): number | undefined {
    const ticks = [...this.#watches.values()].flatMap(({ flushingMs }) =>
      flushingMs === undefined ? [] : [flushingMs],
    );
    return ticks.length === 0 ? undefined : ticks.reduce((least, tick) => Math.min(least, tick));
  }

  /** Resolves when no group ticks any more: the instance is stopping. */
  async stopped(): Promise<void> {
    await Promise.all([...this.#watches.values()].map(({ done }) => done));
  }

  #wakeAll(): void {
    for (const { waking } of this.#watches.values()) waking.abort();
  }

  #watch({ id }: Group): void {
    if (this.#watches.has(id) || this.#options.stopping.aborted) return;
    const watch: Watch = { id, waking: new AbortController(), done: Promise.resolve() };
    this.#watches.set(id, watch);
    watch.done = this.#tick(watch);
  }

  async #tick(watch: Watch): Promise<void> {
    const { groups, clock, stopping } = this.#options;
    for (;;) {
      const group = groups.get(watch.id);
      const dueMs = group && this.#due(group, watch);
      if (group === undefined || dueMs === undefined) break;
      const beginsMs = Math.max(dueMs, this.#options.notBeforeMs ?? dueMs);
      const isDue = await clock.sleep(beginsMs - clock.now(), watch.waking.signal);
      if (stopping.aborted) break;
      if (isDue) await this.#lookAfter(watch, dueMs);
      else watch.waking = new AbortController();
    }
    // In the same turn as the look at the group: one that opens from here on is watched anew.
    this.#watches.delete(watch.id);
  }

  #due(group: Group, { lastTickMs, passedMs }: Watch): number {
    if (passedMs !== undefined && this.#owns(group)) return passedMs;
    return lastTickMs === undefined
      ? this.#firstDue(group.beat)
      : nextDue(group.beat, lastTickMs, this.#options.clock.now());
  }

  /** A tick that nobody was there for is made up for at once; otherwise the next one. */
  #firstDue(beat: GroupBeat): number {
    const { clock, watchedUntilMs } = this.#options;
    const nowMs = clock.now();
    const missed = tickBefore(beat, nowMs);
    if (missed !== undefined && (watchedUntilMs === undefined || missed > watchedUntilMs)) return missed;
    return tickAfter(beat, nowMs - 1);
  }

  #owns(group: Group): boolean {
    return this.#options.owns?.(group) ?? true;
  }

  async #lookAfter(watch: Watch, tickMs: number): Promise<void> {
    const group = this.#options.groups.get(watch.id);
    if (group === undefined) return;
    watch.lastTickMs = Math.max(tickMs, watch.lastTickMs ?? tickMs);
    if (!this.#owns(group)) {
      watch.passedMs = tickMs;
      this.#options.onPassedOver?.(group);
      return;
    }
    watch.passedMs = undefined;
    watch.flushingMs = tickMs;
    try {
      await flushGroup(group, tickMs, this.#options);
    } catch (error) {
      this.#options.onError(error, group);
    } finally {
      watch.flushingMs = undefined;
    }
  }
}

/** The tick after another one; where several have passed meanwhile, the last of them, which is due. */
function nextDue(beat: GroupBeat, tickMs: number, nowMs: number): number {
  const passed = tickBefore(beat, nowMs);
  return passed !== undefined && passed > tickMs ? passed : tickAfter(beat, tickMs);
}
