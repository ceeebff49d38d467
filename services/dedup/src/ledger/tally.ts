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
  readonly #rows = new Map<string, OpenRow>();
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
  count(place: TallyPlace, count: TallyCount): void {
    if (isNothing(count)) return;
    const row = this.#openRow(place);
    addTo(row, count);
    for (const { reason, samples } of count.dropped ?? []) {
      if (samples > 0) row.dropped[reason] = (row.dropped[reason] ?? 0) + samples;
    }
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

  /** Adds a row, which stays the caller's. */
  addRow(row: TallyRow): void {
    const key = keyOf(row);
    const known = this.#rows.get(key);
    if (known === undefined) this.#rows.set(key, { ...row, dropped: { ...row.dropped } });
    else {
      addTo(known, row);
      for (const [reason, samples] of Object.entries(row.dropped)) {
        known.dropped[reason] = (known.dropped[reason] ?? 0) + samples;
      }
    }
  }

  #openRow({ tenant, pair, timestampMs, epoch }: TallyPlace): OpenRow {
    const minuteMs = Math.floor(timestampMs / MINUTE_MS) * MINUTE_MS;
    const { cluster = null, replica = null } = pair ?? {};
    const place = { tenant, cluster, replica, minuteMs, epoch: epoch ?? null };
    const key = keyOf(place);
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = { ...NOTHING, ...place, dropped: {} };
      this.#rows.set(key, row);
    }
    return row;
  }
}

/** A row that is added to in place: an object for each record would be most of what counting costs. */
type OpenRow = { -readonly [Column in keyof Omit<TallyRow, 'dropped'>]: TallyRow[Column] } & {
  readonly dropped: Record<string, number>;
};

/** One text for one place, and for no other: names may hold anything, so their lengths are in it. */
function keyOf({
  minuteMs,
  epoch,
  tenant,
  cluster,
  replica,
}: Pick<TallyRow, 'minuteMs' | 'epoch' | 'tenant' | 'cluster' | 'replica'>): string {
  const names = `${tenant.length} ${cluster?.length ?? ''} ${tenant}${cluster ?? ''}${replica ?? ''}`;
  return `${minuteMs} ${epoch ?? ''} ${replica === null ? '' : 'r'} ${names}`;
}

/** What is added up by adding. */
const SUMS = ['records', 'samples', 'emitted', 'caughtUp', 'filled', 'markers', 'held'] as const;

function isNothing(count: TallyCount): boolean {
  for (const column of SUMS) if ((count[column] ?? 0) !== 0) return false;
  if ((count.widestSeamMs ?? 0) !== 0) return false;
  return count.dropped?.every(({ samples }) => samples <= 0) ?? true;
}

function addTo(row: OpenRow, count: TallyCount | TallyRow): void {
  for (const column of SUMS) row[column] += count[column] ?? 0;
  row.widestSeamMs = Math.max(row.widestSeamMs, count.widestSeamMs ?? 0);
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
