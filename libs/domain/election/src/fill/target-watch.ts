import { SEND_SKEW_MS } from '../seam-table.ts';

/** Replicas watched per cluster; beyond it the one heard longest ago is forgotten. */
const MAX_REPLICAS = 16;

/** A target a replica could not scrape. */
export interface DownReport {
  /** Hash of its job and instance, as the header `down-targets` has it. */
  readonly target: string;
  /** Newest sample of the newest record that reported it, Unix ms. */
  readonly atMs: number;
  /** Shortest time between two reports, ms; `null`: there was one only. */
  readonly intervalMs: number | null;
}

/** A replica as it is watched. */
export interface WatchedTargets {
  readonly replica: string;
  /** Log time of its newest record, Unix ms. */
  readonly heardAtMs: number;
  /** Its newest sample, Unix ms; `null`: it sent none. */
  readonly highTimestampMs: number | null;
  /** Targets that are down for it. */
  readonly down: readonly DownReport[];
}

/** A record of a replica, as far as its headers tell. */
export interface TargetRecord {
  readonly replica: string;
  /** Log time, Unix ms. */
  readonly timestampMs: number;
  /** Its newest sample, Unix ms; absent where it has none. */
  readonly maxTimestampMs?: number;
  readonly downTargets: readonly string[];
}

/** The longest interval a target is taken to be scraped at, ms. */
const MAX_INTERVAL_MS = 60_000;
/** A replica that was not heard for so long is not counted on, ms: two of the longest intervals, and the skew. */
export const SILENT_AFTER_MS = 2 * MAX_INTERVAL_MS + SEND_SKEW_MS;
/** Targets that may be down in a cluster, all replicas together; what is reported beyond is passed over. */
export const MAX_REPORTS = 512;

interface Watched {
  heardAtMs: number;
  highMs: number;
  /** The first time at which one of the reports is forgotten, Unix ms of samples. */
  dueMs: number;
  readonly reports: Map<string, { atMs: number; intervalMs: number | null }>;
}

/**
 * Knows which targets are down for which replica of a cluster, by the headers of their records alone. A target is down
 * from the record that reports it until the replica's newest sample is two intervals and the skew past the last report.
 */
export class TargetWatch {
  readonly #replicas = new Map<string, Watched>();
  #reports = 0;

  /** Targets that are down, all replicas together. */
  get size(): number {
    return this.#reports;
  }

  /** Takes note of a record; says how many of its reports found no room. */
  heard({ replica, timestampMs, maxTimestampMs, downTargets }: TargetRecord): number {
    const watched = this.#of(replica);
    watched.heardAtMs = Math.max(watched.heardAtMs, timestampMs);
    if (maxTimestampMs === undefined) return 0;
    watched.highMs = Math.max(watched.highMs, maxTimestampMs);
    let refused = 0;
    for (const target of downTargets) if (!this.#report(watched, target, maxTimestampMs)) refused++;
    if (watched.highMs > watched.dueMs) this.#forget(watched);
    return refused;
  }

  /** Whether a target is down for a replica. */
  isDown(replica: string, target: string): boolean {
    return this.#replicas.get(replica)?.reports.has(target) === true;
  }

  /** The targets that are down for one replica and not for the other, in the order in which they fell. */
  downOnlyFor(replica: string, other: string): readonly string[] {
    return [...(this.#replicas.get(replica)?.reports.keys() ?? [])].filter((target) => !this.isDown(other, target));
  }

  /** The other replicas that can be counted on, by their names: the same in all shards of a cluster, whoever came first. */
  standbys(elected: string, nowMs: number): readonly string[] {
    return [...this.#replicas.keys()].filter((replica) => replica !== elected && this.isHeard(replica, nowMs)).sort();
  }

  /** Whether a replica was heard lately, and has sent samples. */
  isHeard(replica: string, nowMs: number): boolean {
    const watched = this.#replicas.get(replica);
    return watched !== undefined && watched.highMs !== -Infinity && nowMs - watched.heardAtMs < SILENT_AFTER_MS;
  }

  /** All that is known; {@link TargetWatch.restore} takes it. */
  snapshot(): readonly WatchedTargets[] {
    return Array.from(this.#replicas, ([replica, { heardAtMs, highMs, reports }]) => ({
      replica,
      heardAtMs,
      highTimestampMs: highMs === -Infinity ? null : highMs,
      down: Array.from(reports, ([target, report]) => ({ target, ...report })),
    }));
  }

  /** A watch that knows what another one knew. */
  static restore(replicas: readonly WatchedTargets[]): TargetWatch {
    const watch = new TargetWatch();
    for (const { replica, heardAtMs, highTimestampMs, down } of replicas) {
      const reports = new Map(down.map(({ target, atMs, intervalMs }) => [target, { atMs, intervalMs }]));
      const watched: Watched = { heardAtMs, highMs: highTimestampMs ?? -Infinity, dueMs: Infinity, reports };
      for (const report of reports.values()) watched.dueMs = Math.min(watched.dueMs, forgottenAtMs(report));
      watch.#replicas.set(replica, watched);
      watch.#reports += reports.size;
    }
    return watch;
  }

  #report(watched: Watched, target: string, atMs: number): boolean {
    const report = watched.reports.get(target);
    if (report === undefined) {
      if (this.#reports >= MAX_REPORTS) return false;
      const first = { atMs, intervalMs: null };
      watched.reports.set(target, first);
      watched.dueMs = Math.min(watched.dueMs, forgottenAtMs(first));
      this.#reports++;
    } else if (atMs > report.atMs) {
      report.intervalMs = Math.min(report.intervalMs ?? Infinity, atMs - report.atMs);
      report.atMs = atMs;
      // The next one may be due earlier than the last one would have been.
      watched.dueMs = Math.min(watched.dueMs, forgottenAtMs(report));
    }
    return true;
  }

  #forget(watched: Watched): void {
    watched.dueMs = Infinity;
    for (const [target, report] of watched.reports) {
      const atMs = forgottenAtMs(report);
      if (watched.highMs <= atMs) watched.dueMs = Math.min(watched.dueMs, atMs);
      else {
        watched.reports.delete(target);
        this.#reports--;
      }
    }
  }

  #of(replica: string): Watched {
    let watched = this.#replicas.get(replica);
    if (watched === undefined) {
      if (this.#replicas.size >= MAX_REPLICAS) this.#forgetOldest();
      watched = { heardAtMs: -Infinity, highMs: -Infinity, dueMs: Infinity, reports: new Map() };
      this.#replicas.set(replica, watched);
    }
    return watched;
  }

  #forgetOldest(): void {
    const [oldest] = [...this.#replicas].reduce((a, b) => (b[1].heardAtMs < a[1].heardAtMs ? b : a));
    this.#reports -= this.#replicas.get(oldest)?.reports.size ?? 0;
    this.#replicas.delete(oldest);
  }
}

/** Up to this sample time a report stands without another one. */
function forgottenAtMs({ atMs, intervalMs }: { readonly atMs: number; readonly intervalMs: number | null }): number {
  return atMs + 2 * Math.min(intervalMs ?? MAX_INTERVAL_MS, MAX_INTERVAL_MS) + SEND_SKEW_MS;
}
