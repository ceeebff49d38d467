import { type FlushedAlert } from '../groups/group-table.ts';
import { type InhibitedBy, type Inhibitor } from '../inhibition/inhibitor.ts';
import { type RouteOptions } from '../routing/route.ts';
import { type SilenceTable } from '../silences/silence-table.ts';
import { type MutedBy, type TimeIntervals } from '../times/mute-times.ts';

/** What keeps notifications back. */
export interface Suppressors {
  readonly inhibitor: Inhibitor;
  readonly times: TimeIntervals;
  readonly silences: SilenceTable;
}

/** Alerts of a flush that nobody is told of, and why. */
export interface Suppressed {
  readonly inhibited: readonly { readonly alert: FlushedAlert; readonly by: InhibitedBy }[];
  readonly silenced: readonly { readonly alert: FlushedAlert; readonly ids: readonly string[] }[];
  /** All that were not inhibited. */
  readonly muted: readonly FlushedAlert[];
  readonly mutedBy?: MutedBy;
}

/** What is left of a flush, and what is not. */
export interface Suppression extends Suppressed {
  readonly alerts: readonly FlushedAlert[];
}

/**
 * Asks the stages before the wait, in their order: inhibition, active times, mute times, silences (SPEC.md, P1).
 *
 * @param tickMs time of the tick, which time intervals are asked for
 * @param nowMs inhibition and silences are as of now
 */
export function suppress(
  alerts: readonly FlushedAlert[],
  route: RouteOptions,
  { tickMs, nowMs }: { readonly tickMs: number; readonly nowMs: number },
  { inhibitor, times, silences }: Suppressors,
): Suppression {
  const inhibited: { alert: FlushedAlert; by: InhibitedBy }[] = [];
  const silenced: { alert: FlushedAlert; ids: readonly string[] }[] = [];
  const notInhibited = alerts.filter((alert) => {
    const by = inhibitor.inhibitedBy(alert.labels, nowMs);
    if (by !== undefined) inhibited.push({ alert, by });
    return by === undefined;
  });
  const mutedBy = notInhibited.length === 0 ? undefined : times.mutedBy(route, tickMs);
  if (mutedBy !== undefined) return { alerts: [], inhibited, silenced, muted: notInhibited, mutedBy };
  const left = notInhibited.filter((alert) => {
    const ids = silences.silencedBy(alert.fingerprint, alert.labels, nowMs);
    if (ids.length > 0) silenced.push({ alert, ids });
    return ids.length === 0;
  });
  return { alerts: left, inhibited, silenced, muted: [] };
}
