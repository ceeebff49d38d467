/** What came of one replica's samples. */
export interface ReplicaBalance {
  readonly replica: string;
  /** Samples that were acknowledged with 2xx. */
  readonly acknowledged: number;
  /** Of those, how many arrived at the sink. */
  readonly delivered: number;
  /**
   * Samples between the first and the last one of this replica that a series has at the sink, acknowledged but not
   * delivered: lost while it was elected.
   */
  readonly lost: number;
}

/** The change from one replica to the other, as the series saw it. */
export interface Seam {
  /** Longest spacing between the last sample of one replica and the first of the other, ms. */
  readonly spacingMs: number;
  /** Scrapes of the other one that were delivered though they were made before it could be elected. */
  readonly readAgain: number;
}

type TimesBySeries = Map<string, Set<number>>;

/** Compares what the replicas were acknowledged with what the sink was given, sample by sample. */
export class Balance {
  readonly #acknowledged = new Map<string, TimesBySeries>();
  readonly #delivered: TimesBySeries = new Map();

  /** A replica's sample was answered 2xx. */
  acknowledged(replica: string, series: string, timestampMs: number): void {
    let bySeries = this.#acknowledged.get(replica);
    if (bySeries === undefined) {
      bySeries = new Map();
      this.#acknowledged.set(replica, bySeries);
    }
    timesOf(bySeries, series).add(timestampMs);
  }

  /** The sink was given a sample. */
  delivered(series: string, timestampMs: number): void {
    timesOf(this.#delivered, series).add(timestampMs);
  }

  /** The balance of one replica. */
  of(replica: string): ReplicaBalance {
    const balance = { replica, acknowledged: 0, delivered: 0, lost: 0 };
    for (const [series, times] of this.#acknowledged.get(replica) ?? []) {
      const sent = [...times].sort((a, b) => a - b);
      const arrived = sent.filter((time) => this.#delivered.get(series)?.has(time));
      balance.acknowledged += sent.length;
      balance.delivered += arrived.length;
      const [first, last] = [arrived[0], arrived.at(-1)];
      if (first === undefined || last === undefined) continue;
      balance.lost += sent.filter((time) => time > first && time < last).length - Math.max(0, arrived.length - 2);
    }
    return balance;
  }

  /** The seam from one replica to the next, which is elected `failoverTimeoutMs` after the last sign of life or later. */
  seam(from: string, to: string, failoverTimeoutMs: number): Seam {
    const seam = { spacingMs: 0, readAgain: 0 };
    for (const [series, delivered] of this.#delivered) {
      const last = Math.max(...intersection(this.#acknowledged.get(from)?.get(series), delivered));
      const next = intersection(this.#acknowledged.get(to)?.get(series), delivered).filter((time) => time > last);
      const first = Math.min(...next);
      if (!Number.isFinite(first - last)) continue;
      seam.spacingMs = Math.max(seam.spacingMs, first - last);
      seam.readAgain = Math.max(seam.readAgain, next.filter((time) => time < last + failoverTimeoutMs).length);
    }
    return seam;
  }
}

function timesOf(bySeries: TimesBySeries, series: string): Set<number> {
  let times = bySeries.get(series);
  if (times === undefined) {
    times = new Set();
    bySeries.set(series, times);
  }
  return times;
}

function intersection(some: ReadonlySet<number> | undefined, others: ReadonlySet<number>): number[] {
  return [...(some ?? [])].filter((time) => others.has(time));
}
