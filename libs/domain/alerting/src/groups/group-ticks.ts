/** When a group was opened, and by what it ticks. Times are Unix ms, log time. */
export interface GroupBeat {
  /** When its first alert came. */
  readonly openedAtMs: number;
  /** When that alert began. */
  readonly firstStartsAtMs: number;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
}

/** The first tick: after `group_wait`, or at once where the alert has been firing for longer than that (SPEC.md, G2). */
export function firstTickMs({ openedAtMs, firstStartsAtMs, groupWaitMs }: GroupBeat): number {
  return firstStartsAtMs + groupWaitMs < openedAtMs ? openedAtMs : openedAtMs + groupWaitMs;
}

/** The first tick after a time: ticks are a `group_interval` apart, whatever a flush takes. */
export function tickAfter(beat: GroupBeat, timeMs: number): number {
  const first = firstTickMs(beat);
  if (timeMs < first) return first;
  return first + (Math.floor((timeMs - first) / beat.groupIntervalMs) + 1) * beat.groupIntervalMs;
}

/** The last tick at or before a time, or `undefined` before the first. */
export function tickBefore(beat: GroupBeat, timeMs: number): number | undefined {
  const first = firstTickMs(beat);
  if (timeMs < first) return undefined;
  return first + Math.floor((timeMs - first) / beat.groupIntervalMs) * beat.groupIntervalMs;
}

/** The shortest time a flush is given, whatever the interval. */
const MIN_FLUSH_MS = 10_000;

/** How long a flush may take: until the next tick, and as much longer as it waits for those before it. */
export function flushTimeoutMs(groupIntervalMs: number, waitMs: number): number {
  return Math.max(groupIntervalMs, MIN_FLUSH_MS) + waitMs;
}
