/** What happens to the elected replica of a pair. */
export const FAULTS = ['kill', 'pause', 'partition', 'restart', 'replace', 'ahead', 'behind'] as const;

/** One of them. */
export type Fault = (typeof FAULTS)[number];

/** How far the clock of a replica is off in the faults `ahead` and `behind`, ms. */
export const CLOCK_OFFSET_MS = 20_000;

/** `dedup.update_timeout`, of all runs, ms. */
export const UPDATE_TIMEOUT_MS = 3000;

/** How long a replica stands still, ms. */
export const PAUSE_MS = 300_000;

/** A pair of a scrape interval: how it scrapes and sends, what Tandem is told of it, and how long it is watched. */
export interface Interval {
  readonly id: '1s' | '15s';
  readonly intervalMs: number;
  /** Series of the target. */
  readonly series: number;
  /** `batch_send_deadline` of the senders. */
  readonly batchDeadline: string;
  /** `dedup.failover_timeout` of the clusters. */
  readonly failoverTimeoutMs: number;
  /** Which version is elected first: the other one takes over. */
  readonly firstElected: 'packaged' | 'newer';
  /** Scrapes of both replicas before anything happens to one: of 15 s enough that its usual steps are known. */
  readonly scrapesBefore: number;
  /** How long a partition lasts, ms. */
  readonly partitionMs: number;
  /** How long it is watched after all is over, ms. */
  readonly tailMs: number;
}

/** Intervals that are run: the default of Prometheus' example configuration, and a fast one with shorter timeouts. */
export const INTERVALS: readonly Interval[] = [
  {
    id: '1s',
    intervalMs: 1000,
    series: 300,
    batchDeadline: '500ms',
    failoverTimeoutMs: 5000,
    firstElected: 'packaged',
    scrapesBefore: 20,
    partitionMs: 60_000,
    tailMs: 45_000,
  },
  {
    id: '15s',
    intervalMs: 15_000,
    series: 3000,
    batchDeadline: '5s',
    failoverTimeoutMs: 30_000,
    firstElected: 'newer',
    scrapesBefore: 12,
    partitionMs: 180_000,
    tailMs: 90_000,
  },
];

/** One run: what happens to a pair of an interval. */
export interface Plan {
  /** `kill-15s`, also the name of the cluster. */
  readonly id: string;
  readonly fault: Fault;
  readonly interval: Interval;
  /** How far the stamps of the first elected replica are off from the beginning, ms. */
  readonly offsetMs: number;
}

/** All runs of some faults and intervals. */
export function plansOf(faults: readonly Fault[], intervals: readonly Interval[]): readonly Plan[] {
  return intervals.flatMap((interval) =>
    faults.map((fault) => ({ id: `${fault}-${interval.id}`, fault, interval, offsetMs: offsetOf(fault) })),
  );
}

function offsetOf(fault: Fault): number {
  if (fault === 'ahead') return CLOCK_OFFSET_MS;
  return fault === 'behind' ? -CLOCK_OFFSET_MS : 0;
}
