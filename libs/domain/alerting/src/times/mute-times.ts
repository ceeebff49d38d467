import { containsTime, type NamedTimeIntervals, type TimeInterval } from './time-interval.ts';
import { TimeZone } from './time-zone.ts';

/** Why a route notifies nobody at a time. */
export type MutedBy =
  /** It is within one of these, which the route mutes at. */
  | { readonly reason: 'mute-time'; readonly names: readonly string[] }
  /** It is within none of these, at which alone the route is active. */
  | { readonly reason: 'not-active-time'; readonly names: readonly string[] };

/** Names that routes are muted, or active, at. */
export interface RouteTimes {
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
}

/** The time intervals of a configuration, by name. */
export class TimeIntervals {
  readonly #byName: ReadonlyMap<string, readonly TimeInterval[]>;
  readonly #utc: TimeZone;

  constructor(named: readonly NamedTimeIntervals[]) {
    this.#byName = new Map(named.map(({ name, intervals }) => [name, intervals]));
    const utc = TimeZone.of('UTC');
    if (utc === undefined) throw new Error('cannot find the time zone UTC');
    this.#utc = utc;
  }

  /** What mutes a route at a time (Unix ms), or `undefined`: active times are asked first, as the pipeline does. */
  mutedBy({ muteTimeIntervals, activeTimeIntervals }: RouteTimes, timeMs: number): MutedBy | undefined {
    if (activeTimeIntervals.length > 0 && !activeTimeIntervals.some((name) => this.contains(name, timeMs))) {
      return { reason: 'not-active-time', names: activeTimeIntervals };
    }
    const names = muteTimeIntervals.filter((name) => this.contains(name, timeMs));
    return names.length > 0 ? { reason: 'mute-time', names } : undefined;
  }

  /** Whether a time (Unix ms) is within one of a name's intervals; a name that is not known has none. */
  contains(name: string, timeMs: number): boolean {
    return this.#byName.get(name)?.some((interval) => containsTime(interval, timeMs, this.#utc)) ?? false;
  }
}
