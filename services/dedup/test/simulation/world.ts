/** A stretch of real time, ms since the world began; `untilMs` is exclusive and may be `Infinity`. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A series as its target exposes it: a function of real time, the same for everybody who scrapes it. */
export interface SeriesTruth {
  readonly name: string;
  /** `late`: every other sample of it is there only when a newer one is, as with a sender that takes samples out of order. */
  readonly kind: 'gauge' | 'counter' | 'visitor' | 'up' | 'late';
  /** Value at a real time, ms; `undefined`: the series is away. */
  readonly valueAt: (realMs: number) => number | undefined;
}

/** A target: what is scraped, and how often. */
export interface Target {
  readonly name: string;
  readonly intervalMs: number;
  readonly series: readonly SeriesTruth[];
}

/** Something that happens to one replica. */
export type Fault =
  /** The process dies, what was not sent is gone; it is back with an empty disk, or never. */
  | ({ readonly kind: 'crash' } & Stretch)
  /** The process is stopped: no scrapes, no requests; then it goes on where it was. */
  | ({ readonly kind: 'pause'; readonly scrapesAtOnce: boolean } & Stretch)
  /** Ingest cannot be reached from this replica: it goes on scraping, and sends all of it afterwards. */
  | ({ readonly kind: 'cut' } & Stretch)
  /** A target cannot be reached any more, by this replica alone: stale markers, and `up` is 0. */
  | ({ readonly kind: 'lost-target'; readonly target: string } & Stretch)
  /** A target is not discovered by this replica alone: it is not scraped, and nothing says that it is down. */
  | ({ readonly kind: 'missing-target'; readonly target: string } & Stretch)
  /** Its way to ingest takes so many times longer from here on: its samples fall behind. */
  | ({ readonly kind: 'slow-link'; readonly factor: number } & Stretch);

/** A Prometheus server. */
export interface Replica {
  readonly name: string;
  readonly clockOffsetMs: number;
  readonly startsAtMs: number;
  /** When a target is scraped, ms within its interval, by its name. */
  readonly phases: ReadonlyMap<string, number>;
  /** How far a scrape's time may be off its grid, ms. */
  readonly jitterMs: number;
  readonly shards: number;
  readonly batchDeadlineMs: number;
  readonly maxSamplesPerSend: number;
  readonly protocol: '1.0' | '2.0';
  /** One entry per sample, as Prometheus sends them, or all samples of a series in one. */
  readonly entryPerSample: boolean;
  readonly lostAnswers: number;
  /** How long an answer is waited for, at most, ms. */
  readonly requestTimeoutMs: number;
  readonly maxLatencyMs: number;
  readonly faults: readonly Fault[];
}

/** Replicas that scrape the same targets; without a name: one sender of series of no pair. */
export interface Cluster {
  readonly name: string | undefined;
  readonly partition: number;
  /** Its series are spread over so many shards, and it is elected from heartbeats; absent: it is not spread. */
  readonly shards?: number;
  /** Whether its tenant takes samples out of order; absent: it does not. */
  readonly takesOutOfOrder?: boolean;
  readonly targets: readonly Target[];
  readonly replicas: readonly Replica[];
}

/** What is done to the senders of a world. */
export type Scenario =
  | 'calm'
  | 'outage'
  | 'crash'
  | 'crash-skewed'
  | 'restart'
  | 'pause'
  | 'cut'
  | 'lost-target'
  | 'flaky-target'
  | 'slow'
  | 'lagging'
  | 'clock-ahead'
  | 'partial'
  | 'out-of-order'
  /** Clusters come and go: all replicas of one at about the same time. */
  | 'visiting'
  | 'mixed';

/** All there is: clusters and their senders, and what happens to them. All of it follows from the seed. */
export interface World {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly durationMs: number;
  readonly partitions: number;
  readonly clusters: readonly Cluster[];
  /** When ingest is away for everybody. */
  readonly outages: readonly Stretch[];
  /** After how long a silent cluster gives its place up. */
  readonly idleTimeoutMs: number;
  /** After how long nothing is known of it. */
  readonly forgetAfterMs: number;
}

/** Name of the tenant, the only one. */
export const TENANT = 't';

/** The stretch that holds a time, if one does. */
export function stretchAt<S extends Stretch>(stretches: readonly S[], ms: number): S | undefined {
  return stretches.find(({ fromMs, untilMs }) => ms >= fromMs && ms < untilMs);
}

/** The faults of a replica of one kind. */
export function faultsOf<K extends Fault['kind']>(
  { faults }: Replica,
  kind: K,
): readonly Extract<Fault, { readonly kind: K }>[] {
  return faults.filter((fault): fault is Extract<Fault, { readonly kind: K }> => fault.kind === kind);
}
