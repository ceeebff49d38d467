import { compress, encode, REQUEST_HEADERS, type Protocol, type SeriesInput } from '@tandem/remote-write';
import { delay } from '@tandem/testing';
import { type Pool } from 'undici';

import { type Random } from '../random.ts';
import { REPLICA_LABEL, seriesName, type Sample, type Source } from '../samples.ts';
import { type Ledger } from './ledger.ts';

const FIRST_BACKOFF_MS = 30;
const LONGEST_BACKOFF_MS = 500;
/** After it a request is sent again, whatever becomes of the first one. */
const ANSWER_TIMEOUT_MS = 4000;

/** How a sender is made. */
export interface SenderOptions {
  /** Short, for messages. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly sources: readonly Source[];
  /** Where it may send to: one is chosen for each attempt, as a load balancer would. */
  readonly targets: readonly Pool[];
  readonly random: Random;
  readonly ledger: Ledger;
  /** Least time between two requests, ms. */
  readonly intervalMs: number;
}

/** The state of a series between requests. */
interface Counter {
  readonly source: Source;
  readonly series: string;
  readonly offset: number;
  count: number;
}

/**
 * One shard of a replica, sending as Prometheus does: one request at a time, the same body again until it is answered
 * 2xx or 4xx. Every sample of it is told from all others by series, replica and time; and its value says so again.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #counters: readonly Counter[];
  #lastMs = 0;
  #stopping = false;
  #crashed = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#counters = options.sources.flatMap((source) =>
      source.series.map((series, index) => ({ source, series, offset: index % 7, count: 0 })),
    );
  }

  get name(): string {
    return this.#options.name;
  }

  /** Begins to send, or to send again. */
  start(): void {
    this.#stopping = false;
    this.#crashed = false;
    this.#running = this.#run();
  }

  /** Sends nothing new; resolves when everything sent was acknowledged. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  /** Stops as a crash would: a request under way is not sent again. */
  async crash(): Promise<void> {
    this.#crashed = true;
    await this.stop();
  }

  async #run(): Promise<void> {
    const { ledger, protocol, intervalMs } = this.#options;
    while (!this.#stopping) {
      const { samples, input } = this.#nextRequest();
      ledger.sent(samples);
      const began = performance.now();
      await this.#deliver(compress(encode(protocol, input)), samples);
      await delay(Math.max(0, intervalMs - (performance.now() - began)));
    }
  }

  #nextRequest(): { readonly samples: readonly Sample[]; readonly input: readonly SeriesInput[] } {
    const { random } = this.#options;
    const steps = random.between(1, 3);
    // Times of a sender only grow; those of both replicas of a pair are often the same.
    const times = Array.from({ length: steps }, (_, step) => Math.max(this.#lastMs + 1, Date.now() - steps + 1) + step);
    this.#lastMs = times.at(-1) ?? this.#lastMs;
    const samples: Sample[] = [];
    const input = this.#counters.map((counter) => {
      const { source, series } = counter;
      const taken = times.map((timestampMs) => ({ timestampMs, value: this.#nextValue(counter) }));
      const name = seriesName(source.pair?.cluster, series);
      const replica = source.pair?.replica ?? '';
      for (const sample of taken) samples.push({ series: name, replica, ...sample });
      return { labels: labelsOf(source, series), samples: taken };
    });
    return { samples, input };
  }

  /** A counter; the replica is in the last digit. */
  #nextValue(counter: Counter): number {
    counter.count++;
    const digit = counter.source.pair === undefined ? 9 : (counter.source.pair.replica.charCodeAt(0) - 97) % 9;
    return counter.count * 10 + digit;
  }

  async #deliver(body: Uint8Array, samples: readonly Sample[]): Promise<void> {
    const { ledger, name } = this.#options;
    for (let backoffMs = FIRST_BACKOFF_MS; ; backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)) {
      const answer = await this.#post(body);
      if (answer.status >= 200 && answer.status < 300) {
        ledger.acknowledged(samples);
        return;
      }
      if (answer.status >= 400 && answer.status < 500) {
        ledger.refused(name, `${answer.status} ${answer.text}`);
        return;
      }
      if (this.#crashed) return;
      ledger.repeated();
      await delay(backoffMs);
    }
  }

  /** The answer; status 0 where there was none. */
  async #post(body: Uint8Array): Promise<{ readonly status: number; readonly text: string }> {
    const { protocol, targets, random } = this.#options;
    try {
      const response = await random.pick(targets).request({
        method: 'POST',
        path: '/api/v1/write',
        headers: REQUEST_HEADERS[protocol],
        body,
        headersTimeout: ANSWER_TIMEOUT_MS,
        bodyTimeout: ANSWER_TIMEOUT_MS,
      });
      return { status: response.statusCode, text: await response.body.text() };
    } catch (error) {
      return { status: 0, text: String(error) };
    }
  }
}

function labelsOf({ pair }: Source, series: string): SeriesInput['labels'] {
  return [
    { name: '__name__', value: 'chaos_total' },
    { name: 'series', value: series },
    ...(pair === undefined
      ? []
      : [
          { name: 'cluster', value: pair.cluster },
          { name: REPLICA_LABEL, value: pair.replica },
        ]),
  ];
}
