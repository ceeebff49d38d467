import { parseText } from '@tandem/exposition';
import { compress, encode, type SeriesInput } from '@tandem/remote-write';
import { backoffMs, type RemoteWriteClient } from '@tandem/remote-write-client';

import { seriesName } from '../sink/checker.ts';

/** A scraper that writes remotely: what Prometheus does, as far as a demonstration needs it. */
export interface ReplicaOptions {
  readonly name: string;
  readonly cluster: string;
  /** Where the metrics are. */
  readonly scrapeUrl: string;
  readonly client: RemoteWriteClient;
  readonly intervalMs: number;
  /** Told of every sample Tandem has acknowledged. */
  readonly onAcknowledged: (series: string, timestampMs: number) => void;
  /** Told of what went wrong; the replica goes on. */
  readonly onError: (error: unknown) => void;
}

/** Scrapes that wait to be sent; beyond it the oldest one is dropped and reported. */
const MAX_WAITING = 64;

interface Scrape {
  readonly timestampMs: number;
  readonly series: readonly SeriesInput[];
}

/** One replica of a pair: scrapes at its own phase, sends in order, sends again until it is acknowledged. */
export class Replica {
  readonly #options: ReplicaOptions;
  readonly #waiting: Scrape[] = [];
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #sending: Promise<void> | undefined;

  constructor(options: ReplicaOptions) {
    this.#options = options;
  }

  /** The replica's name, as in its label. */
  get name(): string {
    return this.#options.name;
  }

  /** Begins to scrape, one interval apart. */
  start(): void {
    this.#running = true;
    this.#timer = setInterval(() => {
      this.#scrape().catch(this.#options.onError);
    }, this.#options.intervalMs);
  }

  /** Stops at once, as a crash would: what waits is forgotten. */
  async kill(): Promise<void> {
    this.#running = false;
    clearInterval(this.#timer);
    this.#waiting.length = 0;
    await this.#sending;
  }

  async #scrape(): Promise<void> {
    const timestampMs = Date.now();
    const { scrapeUrl, intervalMs, onError } = this.#options;
    const response = await fetch(scrapeUrl, { signal: AbortSignal.timeout(intervalMs) });
    const parsed = parseText(await response.text());
    if (!parsed.ok) throw new Error(`cannot parse the scrape, line ${parsed.line}: ${parsed.message}`);
    if (!this.#running) return;
    this.#waiting.push({ timestampMs, series: this.#seriesOf(parsed.samples, timestampMs) });
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      onError(new Error(`replica ${this.name}: a scrape was dropped, too many wait to be sent`));
    }
    this.#sending ??= this.#sendWaiting().finally(() => {
      this.#sending = undefined;
    });
  }

  #seriesOf(samples: readonly { labels: SeriesInput['labels']; value: number }[], timestampMs: number): SeriesInput[] {
    const external = [
      { name: '__replica__', value: this.name },
      { name: 'cluster', value: this.#options.cluster },
      { name: 'instance', value: new URL(this.#options.scrapeUrl).host },
      { name: 'job', value: 'tandem' },
    ];
    return samples.map(({ labels, value }) => ({
      labels: [...labels, ...external],
      samples: [{ value, timestampMs }],
    }));
  }

  async #sendWaiting(): Promise<void> {
    for (let failures = 0; this.#running;) {
      const scrape = this.#waiting[0];
      if (scrape === undefined) return;
      const body = compress(encode('v1', scrape.series));
      const outcome = await this.#options.client.send({ body, protocol: 'v1', attempt: failures });
      if (outcome.outcome === 'retry') {
        failures += 1;
        await new Promise((resolve) => setTimeout(resolve, outcome.retryAfterMs ?? backoffMs(failures)));
        continue;
      }
      failures = 0;
      if (this.#waiting[0] === scrape) this.#waiting.shift();
      if (outcome.outcome === 'delivered') this.#acknowledge(scrape);
      else this.#options.onError(new Error(`replica ${this.name} was refused: ${outcome.status} ${outcome.message}`));
    }
  }

  #acknowledge(scrape: Scrape): void {
    for (const { labels } of scrape.series) {
      this.#options.onAcknowledged(seriesName(labels, '__replica__'), scrape.timestampMs);
    }
  }
}
