import { type Orphan } from '@tandem/election';
import { type DedupedHeaders, type SamplesHeaders } from '@tandem/records';
import { compress, inflate, staleMarkers, throwIfNoMemory } from '@tandem/remote-write';
import { type LogRecord } from '@tandem/stream';

import { keyText } from '../bytes.ts';
import { type Part } from '../body.ts';
import { type HistoryRecord } from '../deduped-history.ts';
import { writeDeduped } from '../deduped-output.ts';
import { placeOf } from '../ledger/place-of.ts';
import { type LaneOptions } from './cluster-lane.ts';
import { type Transaction } from '../transaction.ts';

/** Series to be marked as ended. */
export interface Marking {
  readonly orphans: readonly Orphan[];
  readonly epoch: number;
  /** What earlier epochs than this have let through of them is looked at for their labels. */
  readonly beforeEpoch: number;
  /** The fill they are of, if they are of one. */
  readonly fill?: number;
  /** Their last samples are not older than this, Unix ms. */
  readonly sinceMs: number;
  /** The record that showed that the successor does not have them. */
  readonly cause: {
    readonly record: Pick<LogRecord, 'offset' | 'timestampMs' | 'key'>;
    readonly headers: SamplesHeaders;
  };
}

/**
 * Ends the series that the successor does not have: a Prometheus that died could not. Their labels are taken from what
 * was let through of them.
 */
export class OrphanMarker {
  readonly #options: LaneOptions;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  async mark(marking: Marking, transaction: Transaction): Promise<void> {
    const { orphans, epoch, beforeEpoch, sinceMs, cause, fill } = marking;
    const { state, unwritten, key } = this.#options;
    state.index.table(keyText(key)).begin(epoch);
    const waiting = new Map(orphans.map(({ high, low, timestampMs }) => [nameOf(high, low), timestampMs]));
    const stretch = { key: keyText(key), sinceMs, unwritten: unwritten().flatMap(({ outputs }) => outputs) };
    await state.history.each(stretch, (record, headers) => {
      if (waiting.size === 0) return 'enough';
      const { span } = headers;
      if (span === undefined || span.maxTimestampMs < sinceMs || (headers.epoch ?? 0) >= beforeEpoch) return undefined;
      const part = this.#markersOf(record, headers, waiting);
      if (part === undefined) return undefined;
      writeDeduped(this.#options, transaction, cause.record, {
        headers: { ...cause.headers, protocol: headers.protocol },
        epoch,
        part,
        fill,
      });
      const { samples: markers } = part;
      transaction.tally.count(placeOf(cause.record, cause.headers, epoch), { emitted: markers, markers });
      transaction.afterwards(() => this.#count(markers, fill));
      return undefined;
    });
  }

  #count(markers: number, fill: number | undefined): void {
    const { observer } = this.#options;
    if (fill === undefined) observer.orphansMarked(markers);
    else observer.fills.released(markers);
  }

  /** A body with the markers of those series of a record that wait for one. */
  #markersOf(record: HistoryRecord, headers: DedupedHeaders, waiting: Map<string, number>): Part | undefined {
    const { state, settings, key } = this.#options;
    if (record.value === null) return undefined;
    const table = state.index.table(keyText(key));
    const protocol = headers.protocol === '1.0' ? 'v1' : 'v2';
    const options = {
      replicaLabel: null,
      markerOf: (high: number, low: number): number | undefined => {
        const name = nameOf(high, low);
        const timestampMs = waiting.get(name);
        if (timestampMs === undefined) return undefined;
        waiting.delete(name);
        // Judged a second time, after a crash, it is there already.
        return table.advance(high, low, timestampMs) ? timestampMs : undefined;
      },
    };
    const inflated = inflate(record.value, settings.maxDecodedBytes, (data) => staleMarkers(protocol, data, options));
    const result = inflated.ok ? inflated.value : inflated;
    if (!result.ok) throwIfNoMemory(result.problem);
    if (!result.ok || result.markers === 0) return undefined;
    const { markers, minTimestampMs, maxTimestampMs } = result;
    return { value: compress(result.body), samples: markers, minTimestampMs, maxTimestampMs };
  }
}

function nameOf(high: number, low: number): string {
  return `${high | 0}/${low | 0}`;
}
