import { type SeriesTracker } from './series-tracker.ts';

/** Lets those samples of a body through that are at some places, or all others. */
export class PlaceTracker implements SeriesTracker {
  readonly #answer: boolean;
  readonly #places: readonly number[];
  #asked = 0;
  #next = 0;

  /**
   * @param answer whether the samples at the places are let through
   * @param places in the order in which a walk asks, from 0, ascending
   */
  constructor(answer: boolean, places: readonly number[]) {
    this.#answer = answer;
    this.#places = places;
  }

  advance(): boolean {
    if (this.#places[this.#next] !== this.#asked++) return !this.#answer;
    this.#next++;
    return this.#answer;
  }
}
