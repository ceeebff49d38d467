import { SenderWatch, type SenderReport, type SenderVerdict } from '@tandem/election';
import { type SamplesHeaders } from '@tandem/records';
import { type SeriesTable } from '@tandem/series';
import { type LogRecord } from '@tandem/stream';

import { type ClusterName } from '../cluster-records.ts';

/** Told of a sender of which something else is to be said than before. */
export type OnVerdict = (name: ClusterName, report: SenderReport) => void;

/** What is watched of a record, or of a heartbeat. */
export type WatchedHeaders = Pick<SamplesHeaders, 'receivedAtMs' | 'samples' | 'span' | 'pair'>;

/** Series of which the distances of samples are looked at, once a minute of log time and replica. */
const LOOKED_AT_SERIES = 64;

interface Watched {
  readonly watch: SenderWatch;
  readonly verdicts: Map<string, SenderVerdict>;
}

/** Watches the senders of a partition's clusters. For people: it decides nothing and is not kept over a take-over. */
export class SenderWatches {
  readonly #watched = new Map<string, Watched>();
  readonly #onVerdict: OnVerdict;

  constructor(onVerdict: OnVerdict) {
    this.#onVerdict = onVerdict;
  }

  /** @param cluster name of the cluster, tenant included */
  heard(cluster: string, name: ClusterName, record: LogRecord, headers: WatchedHeaders): void {
    const watched = this.#of(cluster);
    const { receivedAtMs, samples, span, pair } = headers;
    const turned = watched.watch.heard({
      replica: pair?.replica ?? '',
      timestampMs: record.timestampMs,
      receivedAtMs,
      samples,
      sizeBytes: record.value?.length ?? 0,
      ...span,
    });
    if (turned) this.#tell(name, watched);
  }

  repeated(cluster: string, replica: string, samples: number): void {
    this.#watched.get(cluster)?.watch.repeated(replica, samples);
  }

  /** Takes note of a record that was let through in order, and of how far apart the samples of its series are. */
  passed(cluster: string, replica: string, timestampMs: number, table: Pick<SeriesTable, 'distances'>): void {
    const watch = this.#watched.get(cluster)?.watch;
    if (watch?.isLookDue(replica, timestampMs) !== true) return;
    watch.looked(replica, timestampMs, table.distances(LOOKED_AT_SERIES));
  }

  forget(cluster: string): void {
    this.#watched.delete(cluster);
  }

  reports(cluster: string): readonly SenderReport[] {
    return this.#watched.get(cluster)?.watch.reports() ?? [];
  }

  #tell(name: ClusterName, { watch, verdicts }: Watched): void {
    for (const report of watch.reports()) {
      const { replica, verdict } = report;
      if ((verdicts.get(replica) ?? 'ok') !== verdict) this.#onVerdict(name, report);
      verdicts.set(replica, verdict);
    }
  }

  #of(cluster: string): Watched {
    let watched = this.#watched.get(cluster);
    if (watched === undefined) {
      watched = { watch: new SenderWatch(), verdicts: new Map() };
      this.#watched.set(cluster, watched);
    }
    return watched;
  }
}
