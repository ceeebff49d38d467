import { type Heartbeat, type SamplesHeaders } from '@tandem/records';

/** A replica by its names. */
export interface TalliedReplica {
  readonly tenant: string;
  readonly cluster: string;
  readonly replica: string;
}

interface ShardTally {
  samples: number;
  downTargets: number;
}

/** What was appended of one replica since its last heartbeat. */
export class ReplicaTally {
  readonly replica: TalliedReplica;
  #samples = 0;
  #upSamples = 0;
  #downSamples = 0;
  #minTimestampMs = Infinity;
  #maxTimestampMs = -Infinity;
  #receivedFromMs = Infinity;
  #receivedUntilMs = -Infinity;
  readonly #shards = new Map<number, ShardTally>();

  constructor(replica: TalliedReplica) {
    this.replica = replica;
  }

  /** Takes note that it was heard: of a record that is there already, because its request is sent again. */
  hear({ span, receivedAtMs }: Pick<SamplesHeaders, 'span' | 'receivedAtMs'>): void {
    this.#reach(span?.minTimestampMs ?? Infinity, span?.maxTimestampMs ?? -Infinity);
    this.#receive(receivedAtMs, receivedAtMs);
  }

  /** Adds a record of one of its shards. */
  add({ samples, span, receivedAtMs, downTargets, ...health }: SamplesHeaders, shard: number): void {
    this.hear({ receivedAtMs, ...(span === undefined ? {} : { span }) });
    this.#samples += samples;
    this.#upSamples += health.upSamples ?? 0;
    this.#downSamples += health.downSamples ?? 0;
    this.#addShard(shard, { samples, downTargets: downTargets.length });
  }

  /** The heartbeat that tells it. */
  heartbeat(shards: number): Heartbeat {
    return {
      ...this.replica,
      shards,
      samples: this.#samples,
      upSamples: this.#upSamples,
      downSamples: this.#downSamples,
      minTimestampMs: Number.isFinite(this.#minTimestampMs) ? this.#minTimestampMs : null,
      maxTimestampMs: Number.isFinite(this.#maxTimestampMs) ? this.#maxTimestampMs : null,
      receivedFromMs: this.#receivedFromMs,
      receivedUntilMs: this.#receivedUntilMs,
      perShard: [...this.#shards].sort(([a], [b]) => a - b).map(([shard, tally]) => ({ shard, ...tally })),
    };
  }

  #reach(minMs: number, maxMs: number): void {
    this.#minTimestampMs = Math.min(this.#minTimestampMs, minMs);
    this.#maxTimestampMs = Math.max(this.#maxTimestampMs, maxMs);
  }

  #receive(fromMs: number, untilMs: number): void {
    this.#receivedFromMs = Math.min(this.#receivedFromMs, fromMs);
    this.#receivedUntilMs = Math.max(this.#receivedUntilMs, untilMs);
  }

  #addShard(shard: number, { samples, downTargets }: ShardTally): void {
    const known = this.#shards.get(shard);
    if (known === undefined) this.#shards.set(shard, { samples, downTargets });
    else {
      known.samples += samples;
      known.downTargets += downTargets;
    }
  }
}
