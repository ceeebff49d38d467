import { type Failure } from './problem.ts';
import { type Protocol } from './protocol.ts';
import { type SeriesTracker } from './series-tracker.ts';
import { CurrentItem } from './wire/current-item.ts';
import { gather } from './wire/gathered.ts';
import { walkOver } from './wire/walker.ts';

/** What {@link observe} needs. */
export interface ObserveOptions {
  /** Left out of the fingerprints, as in {@link rewrite}. */
  readonly replicaLabel: string | null;
  readonly series: SeriesTracker;
}

/** What {@link observe} says: how many samples and histograms there were. */
export type ObserveResult = { readonly ok: true; readonly samples: number } | Failure;

/** Tells the tracker of every sample and histogram of a request, and leaves the request as it is: for recovery. */
export function observe(protocol: Protocol, data: Uint8Array, options: ObserveOptions): ObserveResult {
  const { replicaLabel, series: tracker } = options;
  return walkOver(protocol, data, { clusterLabel: null, replicaLabel, fingerprints: true }, (walker): ObserveResult => {
    if (tracker.advanceAll !== undefined) return { ok: true, samples: gather(walker, tracker, false).samples };
    const item = new CurrentItem(walker);
    let samples = 0;
    while (walker.next()) {
      const { items, high, low } = walker.series;
      const count = items.length;
      for (let i = 0; i < count; i++) {
        item.moveTo(i);
        tracker.advance(high, low, items.time(i), item);
      }
      samples += count;
    }
    return { ok: true, samples };
  });
}
