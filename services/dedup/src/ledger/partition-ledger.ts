import { type OutgoingRecord } from '@tandem/stream';

import { type DedupTopics } from '../settings.ts';
import { ledgerOutput, tallyOutput } from './ledger-records.ts';
import { Tally } from './tally.ts';

/** What was counted in a partition and is not in the ledger yet. */
export interface OpenLedger {
  readonly tally: Tally;
  /** Everything below this offset of `samples` is in the ledger. */
  readonly generation: number;
  /** How many records of `tallies` this generation has. */
  readonly index: number;
}

/** What a ledger is kept with. */
export interface PartitionLedgerOptions {
  readonly topics: Pick<DedupTopics, 'ledger' | 'tallies'>;
  readonly partition: number;
  readonly open: OpenLedger;
  /** Whether a seam of the cluster is open: how far it was counted is kept until then. */
  readonly isLaneOpen: (cluster: string) => boolean;
}

/** Where a transaction ends. */
export interface LedgerMark {
  /** Offset of the first record of `samples` behind it. */
  readonly next: number;
  /** Log time, Unix ms. */
  readonly nowMs: number;
}

/** With more rows than this the ledger is written before the minute is over: it is a sum of parts. */
const MAX_ROWS = 5000;
const MINUTE_MS = 60_000;

/**
 * The ledger of a partition. What a transaction counts goes to `tallies` with it; when the log's clock has passed a minute
 * everything since the last time goes to `ledger`, in the same transaction. So whatever is committed is counted, once.
 */
export class PartitionLedger {
  readonly #options: PartitionLedgerOptions;
  #tally: Tally;
  #generation: number;
  #index: number;
  #minute: number | undefined;

  constructor(options: PartitionLedgerOptions) {
    this.#options = options;
    const { tally, generation, index } = options.open;
    this.#tally = tally;
    this.#generation = generation;
    this.#index = index;
    const minutes = tally.rows.map(({ minuteMs }) => minuteMs / MINUTE_MS);
    this.#minute = minutes.length === 0 ? undefined : Math.max(...minutes);
  }

  /** How far the seam of an election was counted before: an offset of `samples`. */
  laneThrough(cluster: string, epoch: number): number {
    return this.#tally.laneThrough(cluster, epoch);
  }

  /** What is to be written with a transaction that counted this. */
  settle(counted: Tally, { next, nowMs }: LedgerMark): readonly OutgoingRecord[] {
    this.#tally.add(counted);
    const minute = Math.floor(nowMs / MINUTE_MS);
    this.#minute ??= minute;
    if (this.#tally.size > 0 && (minute > this.#minute || this.#tally.size > MAX_ROWS))
      return this.#write(next, minute);
    if (counted.isEmpty) return [];
    return this.#notes(counted);
  }

  #write(next: number, minute: number): readonly OutgoingRecord[] {
    const { topics, partition, isLaneOpen } = this.#options;
    const before = this.#tally;
    this.#tally = new Tally();
    for (const lane of before.lanes) if (isLaneOpen(lane.cluster)) this.#tally.countedLane(lane);
    this.#generation = next;
    this.#index = 0;
    this.#minute = minute;
    const rows = before.rows.map((row) => ledgerOutput(topics, row, { partition, throughOffset: next }));
    return [...rows, ...this.#notes({ rows: [], lanes: this.#tally.lanes })];
  }

  /** As many records as it takes, one at least: names are of any length, a record is not. */
  #notes({ rows, lanes }: Pick<Tally, 'rows' | 'lanes'>): readonly OutgoingRecord[] {
    const { topics, partition } = this.#options;
    const ofRows = chunked(
      rows,
      ({ tenant, cluster, replica }) => tenant.length + (cluster ?? '').length + (replica ?? '').length,
    );
    const ofLanes = chunked(lanes, ({ cluster }) => cluster.length);
    const count = Math.max(1, ofRows.length, ofLanes.length);
    return Array.from({ length: count }, (_, part) =>
      tallyOutput(topics, partition, {
        ...{ generation: this.#generation, index: this.#index++ },
        ...{ rows: ofRows[part] ?? [], lanes: ofLanes[part] ?? [] },
      }),
    );
  }
}

/** Characters of the names in one record of `tallies`: far below the size of a record, whatever bytes they have. */
const NAMES_AT_ONCE = 65_536;
/** What an entry takes beside its names. */
const ENTRY_SIZE = 256;

/** Cuts a list so that no part has more names than go into one record. */
function chunked<T>(items: readonly T[], sizeOf: (item: T) => number): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item) + ENTRY_SIZE;
    if (size > room) {
      parts.push([]);
      room = NAMES_AT_ONCE;
    }
    parts.at(-1)?.push(item);
    room -= size;
  }
  return parts;
}
