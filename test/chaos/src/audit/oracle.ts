import { type SamplesHeaders } from '@tandem/records';

import { type Sample } from '../samples.ts';
import { type Opened } from './contents.ts';
import { OracleSeam, type Succession } from './oracle-seams.ts';
import { OracleSteps } from './oracle-steps.ts';

/** A record that must be in `deduped`. */
export interface ExpectedRecord {
  /** Absent: of no pair. */
  readonly cluster: string | undefined;
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
  /** Log time of its newest record, and of the newest of any replica, Unix ms. */
  receivedMs: number;
  heardMs: number;
  /** How long it has been silent while others were heard, ms; of a pause of all at most half the failover timeout. */
  silentMs: number;
}

/** A record of a cluster, at the clock of its partition. */
interface Heard {
  readonly record: Opened<SamplesHeaders>;
  readonly nowMs: number;
}

/**
 * Says what dedup must make of `samples`, from the rules alone: first seen wins, a silence of the failover timeout in
 * log time elects another, whose records are read again from before that silence, and of each series only what is newer
 * than its last one goes on. Everything is at hand at any time here: no slices, no lanes, no crashes.
 */
export class Oracle {
  readonly #failoverTimeoutMs: number;
  readonly #reigns = new Map<string, Reign>();
  readonly #clocks = new Map<number, number>();
  /** Newest sample of each series that went on, Unix ms. */
  readonly #newestMs = new Map<string, number>();
  readonly #records: ExpectedRecord[] = [];
  readonly #elections: ExpectedElection[] = [];
  readonly #heard = new Map<string, Heard[]>();
  readonly #seams = new Map<string, OracleSeam>();
  readonly #steps = new Map<string, OracleSteps>();

  constructor(failoverTimeoutMs: number) {
    this.#failoverTimeoutMs = failoverTimeoutMs;
  }

  /** Judges all records, those of a partition in the order of their offsets. */
  judge(records: readonly Opened<SamplesHeaders>[]): Expectation {
    for (const record of records) this.#judge(record);
    return { records: this.#records, elections: this.#elections };
  }

  #judge(record: Opened<SamplesHeaders>): void {
    const { partition, headers, appendedMs } = record;
    const nowMs = Math.max(this.#clocks.get(partition) ?? -Infinity, appendedMs);
    this.#clocks.set(partition, nowMs);
    if (headers.pair === undefined) {
      this.#pass(record, undefined, (sample) => this.#isNewer(sample));
      return;
    }
    const { cluster } = headers.pair;
    const heard = this.#heard.get(cluster) ?? [];
    this.#heard.set(cluster, heard);
    heard.push({ record, nowMs });
    const epoch = this.#epochOf(record, headers.pair, nowMs);
    if (epoch === 'standby') return;
    this.#continue({ record, nowMs }, cluster, { epoch, readAgain: false });
  }

  /** The epoch a record is let through under. */
  #epochOf(
    record: Opened<SamplesHeaders>,
    { cluster, replica }: { readonly cluster: string; readonly replica: string },
    nowMs: number,
  ): number | 'standby' {
    const reign = this.#reigns.get(cluster);
    const covering = this.#coveringOf({ record, nowMs }, cluster, replica, reign);
    if (covering !== undefined) {
      this.#elect(record, { cluster, replica: covering }, nowMs);
      return 'standby';
    }
    if (reign?.replica === replica) {
      Object.assign(reign, { receivedMs: nowMs, heardMs: nowMs, silentMs: 0 });
      return reign.epoch;
    }
    if (reign !== undefined) {
      reign.silentMs += Math.min(nowMs - reign.heardMs, Math.floor(this.#failoverTimeoutMs / 2));
      reign.heardMs = nowMs;
      if (reign.silentMs < this.#failoverTimeoutMs) return 'standby';
    }
    return this.#elect(record, { cluster, replica }, nowMs);
  }

  /** Who has the scrapes that the elected replica, whose record it is, has lost. */
  #coveringOf(
    { record, nowMs }: Heard,
    cluster: string,
    replica: string,
    reign: Reign | undefined,
  ): string | undefined {
    const steps = this.#steps.get(cluster) ?? new OracleSteps();
    this.#steps.set(cluster, steps);
    const timestampsMs = record.samples.map(({ timestampMs }) => timestampMs);
    return steps.hear({ replica, nowMs, timestampsMs }, reign?.replica, reign?.receivedMs ?? nowMs);
  }

  /** Elects a replica by a record; returns its epoch. */
  #elect(
    { partition, offset }: Opened<SamplesHeaders>,
    { cluster, replica }: { readonly cluster: string; readonly replica: string },
    nowMs: number,
  ): number {
    const reign = this.#reigns.get(cluster);
    const silenceMs = reign === undefined ? undefined : nowMs - reign.receivedMs;
    const epoch = (reign?.epoch ?? 0) + 1;
    this.#reigns.set(cluster, { epoch, replica, receivedMs: nowMs, heardMs: nowMs, silentMs: 0 });
    this.#elections.push({ cluster, epoch, replica, sourcePartition: partition, sourceOffset: offset, silenceMs });
    if (reign !== undefined) this.#readAgain(cluster, replica, { epoch, heardMs: reign.receivedMs, nowMs });
    return epoch;
  }

  /** What the successor sent while it was the standby. */
  #readAgain(cluster: string, replica: string, succession: Succession): void {
    const seam = new OracleSeam(succession, this.#passedOf(cluster));
    this.#seams.set(cluster, seam);
    for (const heard of (this.#heard.get(cluster) ?? []).slice(0, -1)) {
      const { record } = heard;
      if (record.headers.pair?.replica !== replica || record.appendedMs < seam.sinceMs) continue;
      this.#continue(heard, cluster, { epoch: succession.epoch, readAgain: true });
    }
  }

  /** Lets a record of the elected replica through, and ends what the seam says has ended. */
  #continue(
    { record, nowMs }: Heard,
    cluster: string,
    { epoch, readAgain }: { readonly epoch: number; readonly readAgain: boolean },
  ): void {
    const seam = this.#seams.get(cluster);
    if (seam?.isOpen(nowMs) !== true) {
      this.#pass(record, epoch, (sample) => this.#isNewer(sample));
      return;
    }
    this.#pass(record, epoch, (sample) => seam.admits(sample) && this.#isNewer(sample));
    if (readAgain) return;
    const orphans = new Map(seam.takeOrphans());
    for (const passed of this.#passedOf(cluster)) {
      if ((passed.epoch ?? 0) >= seam.epoch) continue;
      const markers = passed.samples.flatMap((sample) => {
        const timestampMs = orphans.get(sample.series);
        orphans.delete(sample.series);
        return timestampMs === undefined ? [] : [{ ...sample, timestampMs, value: NaN }];
      });
      this.#pass({ ...record, samples: markers }, epoch, (sample) => this.#isNewer(sample));
    }
  }

  #pass(record: Opened<SamplesHeaders>, epoch: number | undefined, admits: (sample: Sample) => boolean): void {
    const { partition, offset, headers } = record;
    const samples = record.samples.filter(admits);
    if (samples.length === 0) return;
    const replica = headers.pair?.replica;
    this.#records.push({
      cluster: headers.pair?.cluster,
      sourcePartition: partition,
      sourceOffset: offset,
      epoch,
      replica,
      samples: samples.map(bare),
    });
  }

  #passedOf(cluster: string): readonly ExpectedRecord[] {
    return this.#records.filter((record) => record.cluster === cluster);
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
