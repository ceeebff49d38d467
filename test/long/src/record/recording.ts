import { decode, decompress, type Protocol } from '@tandem/remote-write';

const MAX_DECODED_BYTES = 64 * 1_048_576;
/** External labels that are not part of a series' name here. */
const REPLICA_LABEL = '__replica__';

/** A request as it reached ingest and was answered 2xx; the columns have one entry for each sample. */
export interface RecordedRequest {
  readonly replica: string;
  /** Unix ms. */
  readonly arrivedAtMs: number;
  /** Numbers of the series, see {@link Recording.series}. */
  readonly series: readonly number[];
  /** Unix ms. */
  readonly timestampsMs: readonly number[];
  /** NaN for a stale marker. */
  readonly values: readonly number[];
}

/** A series without the label that tells replicas apart. */
export interface RecordedSeries {
  /** {@link seriesKey} of its labels. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The name of a series: its labels in order, the replica label left out. */
export function seriesKey(labels: Readonly<Record<string, string>>): string {
  const rest = Object.entries(labels).filter(([name]) => name !== REPLICA_LABEL);
  rest.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(rest));
}

/** Everything both replicas of a pair got to ingest: what any other way of deduplication would have had too. */
export class Recording {
  readonly #requests: RecordedRequest[] = [];
  readonly #series: RecordedSeries[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #newestMs = new Map<string, number>();

  /** In the order in which they were answered. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  /** All series; their place in the list is their number. */
  get series(): readonly RecordedSeries[] {
    return this.#series;
  }

  /** The newest stamp of a replica, Unix ms; 0 before the first. */
  newestMs(replica: string): number {
    return this.#newestMs.get(replica) ?? 0;
  }

  /**
   * Keeps a request.
   *
   * @throws {Error} when it is none
   */
  take(
    request: { readonly replica: string; readonly arrivedAtMs: number; readonly protocol: Protocol },
    body: Uint8Array,
  ): void {
    const { replica, arrivedAtMs, protocol } = request;
    const inflated = decompress(body, MAX_DECODED_BYTES);
    if (!inflated.ok) throw new Error(inflated.problem.message);
    const decoded = decode(protocol, inflated.data);
    if (!decoded.ok) throw new Error(decoded.problem.message);
    const series: number[] = [];
    const timestampsMs: number[] = [];
    const values: number[] = [];
    for (const { labels, samples } of decoded.series) {
      const number = this.#numberOf(Object.fromEntries(labels.map(({ name, value }) => [name, value])));
      for (const { timestampMs, value } of samples) {
        series.push(number);
        timestampsMs.push(timestampMs);
        values.push(value);
        this.#newestMs.set(replica, Math.max(this.newestMs(replica), timestampMs));
      }
    }
    if (series.length > 0) this.#requests.push({ replica, arrivedAtMs, series, timestampsMs, values });
  }

  #numberOf(labels: Readonly<Record<string, string>>): number {
    const key = seriesKey(labels);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#series.length);
    this.#series.push({ key, labels });
    return this.#series.length - 1;
  }
}
