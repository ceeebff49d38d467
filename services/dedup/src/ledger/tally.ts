import { type LedgerRow } from '@tandem/records';

/** What is counted of one cluster, minute, replica and epoch. */
export type TallyRow = Omit<LedgerRow, 'sourcePartition' | 'throughOffset'>;

/** Whose records are counted, and when they came. */
export interface TallyPlace {
  readonly tenant: string;
  /** Absent: of no pair. */
  readonly pair?: { readonly cluster: string; readonly replica: string } | undefined;
  /** Append time of the record in `samples`, Unix ms. */
  readonly timestampMs: number;
  /** The election at whose seam it is read again; absent: it is as it came. */
  readonly epoch?: number | undefined;
}

/** Something to be added. */
export interface TallyCount {
  readonly records?: number;
  readonly samples?: number;
  readonly emitted?: number;
  readonly caughtUp?: number;
  readonly filled?: number;
  readonly markers?: number;
  readonly held?: number;
  readonly widestSeamMs?: number;
  /** Samples that went no further, and why; each reason once. */
  readonly dropped?: readonly { readonly reason: string; readonly samples: number }[];
}

/** How far a seam was counted. */
export interface LaneProgress {
  /** Name of the cluster, tenant included. */
  readonly cluster: string;
  readonly epoch: number;
  /** What lies below this offset of `samples` was counted. */
  readonly through: number;
}

const MINUTE_MS = 60_000;

/** Counts by cluster, minute, replica and epoch, that can be added up; and how far seams were counted. */
export class Tally {
  readonly #rows = new Map<string, TallyRow>();
  readonly #lanes = new Map<string, LaneProgress>();

  /** Rows, in no order that means anything. */
  get rows(): readonly TallyRow[] {
    return [...this.#rows.values()];
  }

  get lanes(): readonly LaneProgress[] {
    return [...this.#lanes.values()];
  }

  /** Rows there are. */
  get size(): number {
    return this.#rows.size;
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0 && this.#lanes.size === 0;
  }

  /** Adds to the row of a place. */
  count({ tenant, pair, timestampMs, epoch }: TallyPlace, count: TallyCount): void {
    const { dropped = [], ...counted } = count;
    const drops = dropped.filter(({ samples }) => samples > 0);
    if (drops.length === 0 && Object.values(counted).every((value) => value === 0)) return;
    this.addRow({
      ...NOTHING,
      ...counted,
      tenant,
      cluster: pair?.cluster ?? null,
      replica: pair?.replica ?? null,
      minuteMs: Math.floor(timestampMs / MINUTE_MS) * MINUTE_MS,
      epoch: epoch ?? null,
      dropped: Object.fromEntries(drops.map(({ reason, samples }) => [reason, samples])),
    });
  }

  /** A seam was counted up to an offset. */
  countedLane(progress: LaneProgress): void {
    const key = `${progress.epoch} ${progress.cluster}`;
    const before = this.#lanes.get(key);
    if (before === undefined || before.through < progress.through) this.#lanes.set(key, progress);
  }

  /** How far the seam of an election was counted: an offset of `samples`. */
  laneThrough(cluster: string, epoch: number): number {
    return this.#lanes.get(`${epoch} ${cluster}`)?.through ?? 0;
  }

  /** Adds everything of another tally. */
  add({ rows, lanes }: Pick<Tally, 'rows' | 'lanes'>): void {
    for (const row of rows) this.addRow(row);
    for (const lane of lanes) this.countedLane(lane);
  }

  addRow(row: TallyRow): void {
    const key = JSON.stringify([row.minuteMs, row.epoch, row.tenant, row.cluster, row.replica]);
    const before = this.#rows.get(key);
    this.#rows.set(key, before === undefined ? row : sumOf(before, row));
  }
}

const NOTHING = {
  records: 0,
  samples: 0,
  emitted: 0,
  caughtUp: 0,
  filled: 0,
  markers: 0,
  held: 0,
  widestSeamMs: 0,
};

/** Two rows of one place in one. */
export function sumOf(a: TallyRow, b: TallyRow): TallyRow {
  const dropped: Record<string, number> = { ...a.dropped };
  for (const [reason, samples] of Object.entries(b.dropped)) dropped[reason] = (dropped[reason] ?? 0) + samples;
  return {
    ...a,
    records: a.records + b.records,
    samples: a.samples + b.samples,
    emitted: a.emitted + b.emitted,
    caughtUp: a.caughtUp + b.caughtUp,
    filled: a.filled + b.filled,
    markers: a.markers + b.markers,
    held: a.held + b.held,
    dropped,
    widestSeamMs: Math.max(a.widestSeamMs, b.widestSeamMs),
  };
}
