import { type SamplesHeaders } from '@tandem/records';

import { type Sample } from '../samples.ts';
import { type Opened } from './contents.ts';

/** A record that must be in `deduped`. */
export interface ExpectedRecord {
  readonly sourcePartition: number;
  readonly sourceOffset: number;
  /** Absent: of no pair. */
  readonly epoch: number | undefined;
  readonly replica: string | undefined;
  /** Those that are to go on, in their order, without the replica label. */
  readonly samples: readonly Sample[];
}

/** An election that must be in `elections`. */
export interface ExpectedElection {
  readonly cluster: string;
  readonly epoch: number;
  readonly replica: string;
  readonly sourcePartition: number;
  readonly sourceOffset: number;
  /** Log time between it and the last record of the replica before, ms. */
  readonly silenceMs: number | undefined;
}

/** What must come of the records of `samples`. */
export interface Expectation {
  readonly records: readonly ExpectedRecord[];
  readonly elections: readonly ExpectedElection[];
}

interface Reign {
  epoch: number;
  replica: string;
  heardMs: number;
}

/**
 * Says what dedup must make of `samples`, from the rules alone: first seen wins, a silence of the failover timeout in
 * log time elects another, and of each series only what is newer than its last one goes on.
 */
export class Oracle {
  readonly #failoverTimeoutMs: number;
  readonly #reigns = new Map<string, Reign>();
  readonly #clocks = new Map<number, number>();
  /** Newest sample of each series that went on, Unix ms. */
  readonly #newestMs = new Map<string, number>();
  readonly #records: ExpectedRecord[] = [];
  readonly #elections: ExpectedElection[] = [];

  constructor(failoverTimeoutMs: number) {
    this.#failoverTimeoutMs = failoverTimeoutMs;
  }

  /** Judges all records, those of a partition in the order of their offsets. */
  judge(records: readonly Opened<SamplesHeaders>[]): Expectation {
    for (const record of records) this.#judge(record);
    return { records: this.#records, elections: this.#elections };
  }

  #judge(record: Opened<SamplesHeaders>): void {
    const { partition, offset, headers, appendedMs } = record;
    const nowMs = Math.max(this.#clocks.get(partition) ?? -Infinity, appendedMs);
    this.#clocks.set(partition, nowMs);
    const epoch = headers.pair === undefined ? undefined : this.#epochOf(record, headers.pair, nowMs);
    if (epoch === 'standby') return;
    const samples = record.samples.filter((sample) => this.#isNewer(sample));
    if (samples.length === 0) return;
    const replica = headers.pair?.replica;
    this.#records.push({
      sourcePartition: partition,
      sourceOffset: offset,
      epoch,
      replica,
      samples: samples.map(bare),
    });
  }

  /** The epoch a record is let through under. */
  #epochOf(
    { partition, offset }: Opened<SamplesHeaders>,
    { cluster, replica }: { readonly cluster: string; readonly replica: string },
    nowMs: number,
  ): number | 'standby' {
    const reign = this.#reigns.get(cluster);
    if (reign?.replica === replica) {
      reign.heardMs = nowMs;
      return reign.epoch;
    }
    const silenceMs = reign === undefined ? undefined : nowMs - reign.heardMs;
    if (silenceMs !== undefined && silenceMs < this.#failoverTimeoutMs) return 'standby';
    const epoch = (reign?.epoch ?? 0) + 1;
    this.#reigns.set(cluster, { epoch, replica, heardMs: nowMs });
    this.#elections.push({ cluster, epoch, replica, sourcePartition: partition, sourceOffset: offset, silenceMs });
    return epoch;
  }

  #isNewer({ series, timestampMs }: Sample): boolean {
    if (timestampMs <= (this.#newestMs.get(series) ?? -Infinity)) return false;
    this.#newestMs.set(series, timestampMs);
    return true;
  }
}

function bare(sample: Sample): Sample {
  return { ...sample, replica: '' };
}
