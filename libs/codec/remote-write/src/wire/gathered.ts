import { type SampleList } from '@tandem/series';
import { type SeriesTracker } from '../series-tracker.ts';
import { type Walker } from './walker.ts';

/** What came of asking about all samples and histograms of a request. */
export interface Gathered {
  readonly samples: number;
  /** Places, among all of the request and ascending, of those that go. */
  readonly dropped: readonly number[];
}

/**
 * Goes through all of a request and asks a tracker about lists of its items. In a rewrite the series are written on the
 * way, as if nothing would be dropped: what is has to be taken out of what was written.
 */
export function gather(walker: Walker, tracker: SeriesTracker | undefined, writes: boolean): Gathered {
  const dropped: number[] = [];
  let samples = 0;
  const drop = (index: number): void => {
    dropped.push(samples + index);
  };
  walker.walk.beginSum();
  for (let length = walk(walker, writes); length > 0; length = walk(walker, writes)) {
    tracker?.advanceAll?.(listOf(walker, length), drop);
    samples += length;
  }
  return { samples, dropped };
}

function walk(walker: Walker, writes: boolean): number {
  return walker.walk.gather(writes ? 1 : 0);
}

function listOf(walker: Walker, length: number): SampleList {
  const { words, doubles } = walker.machine;
  return { words, doubles, from: walker.field('listAt') / 16, length };
}
