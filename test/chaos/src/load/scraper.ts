import { compress, encode, REQUEST_HEADERS, type SeriesInput } from '@tandem/remote-write';
import { delay } from '@tandem/testing';

import { REPLICA_LABEL } from '../samples.ts';

/** How often each target is scraped, ms: stamps are on that grid, so that a missing one shows. */
export const SCRAPE_INTERVAL_MS = 1000;
const RETRY_MS = 100;

/** How a scraper is made. */
export interface ScraperOptions {
  readonly cluster: string;
  readonly replica: string;
  readonly targets: readonly string[];
  /** Base of ingest. */
  readonly url: string;
  /** When it scrapes, ms within an interval. */
  readonly phaseMs: number;
}

/** The series of a target beside its `up`, as {@link seriesName} wants it. */
export function seriesOfTarget(target: string): string {
  return `of-${target}`;
}

/**
 * A replica that scrapes targets and sends each scrape at once, again until it is answered 2xx. A target that it cannot reach has a stale
 * marker once, and an `up` of 0 from then on.
 */
export class Scraper {
  readonly #options: ScraperOptions;
  readonly #lost = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #sent = new Set<string>();
  #running = false;
  #isAbandoned = false;
  #done: Promise<void> = Promise.resolve();

  constructor(options: ScraperOptions) {
    this.#options = options;
  }

  /** What was sent, `series@time=value`, Unix ms. */
  get sent(): ReadonlySet<string> {
    return this.#sent;
  }

  start(): void {
    this.#running = true;
    this.#done = this.#run();
  }

  /** These targets cannot be reached from here any more. */
  lose(...targets: readonly string[]): void {
    for (const target of targets) this.#lost.add(target);
  }

  /** All targets can be reached. */
  find(): void {
    this.#lost.clear();
    this.#ended.clear();
  }

  /** Ends at once: what is under way is not sent again. */
  async abandon(): Promise<void> {
    this.#isAbandoned = true;
    await this.stop();
  }

  /** Resolves when what is under way was answered. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  async #run(): Promise<void> {
    const { phaseMs, targets } = this.#options;
    let atMs = Math.ceil(Date.now() / SCRAPE_INTERVAL_MS) * SCRAPE_INTERVAL_MS + phaseMs;
    for (; this.#running; atMs += SCRAPE_INTERVAL_MS) {
      await delay(Math.max(0, atMs - Date.now()));
      const body = compress(
        encode(
          'v2',
          targets.flatMap((target) => this.#scrape(target, atMs)),
        ),
      );
      while (!(await this.#post(body)) && !this.#isAbandoned) await delay(RETRY_MS);
    }
  }

  #scrape(target: string, timestampMs: number): readonly SeriesInput[] {
    const isLost = this.#lost.has(target);
    const up = this.#series('up', `up-${target}`, target, { timestampMs, value: isLost ? 0 : 1 });
    if (isLost && this.#ended.has(target)) return [up];
    if (isLost) this.#ended.add(target);
    const series = seriesOfTarget(target);
    const value = isLost ? NaN : timestampMs % 1_000_000;
    if (!isLost) this.#sent.add(`${this.#options.cluster}/${series}@${timestampMs}=${value}`);
    return [up, this.#series('chaos_total', series, target, { timestampMs, value, stale: isLost })];
  }

  #series(metric: string, series: string, target: string, sample: SeriesInput['samples'][number]): SeriesInput {
    const { cluster, replica } = this.#options;
    const labels = {
      __name__: metric,
      [REPLICA_LABEL]: replica,
      cluster,
      instance: target,
      job: 'chaos',
      series,
    };
    return { labels: Object.entries(labels).map(([name, value]) => ({ name, value })), samples: [sample] };
  }

  async #post(body: Uint8Array): Promise<boolean> {
    try {
      const response = await fetch(`${this.#options.url}/api/v1/write`, {
        method: 'POST',
        headers: REQUEST_HEADERS.v2,
        body,
        signal: AbortSignal.timeout(4000),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      // Not answered: it is sent again.
      return false;
    }
  }
}
