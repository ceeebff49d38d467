import { digestOf } from './record-digest.ts';
import { isShared, SharedTally } from './shared-sender.ts';

/** What can be said of a sender. */
export type SenderVerdict =
  | 'ok'
  /** No other replica of its cluster was heard for a while: nobody would take over. */
  | 'alone'
  /** Two senders have one replica name: see `shared-sender.ts`. */
  | 'shared'
  /** Its samples are stamped later than another replica's, or than the time they are received. */
  | 'clock-ahead';

/** A sender, and what is to be said of it. */
export interface SenderReport {
  readonly replica: string;
  readonly verdict: SenderVerdict;
  /** By how much its clock is ahead of the slowest of the cluster, or of the log, ms; 0 where it is not. */
  readonly aheadMs: number;
}

/** A record of a replica, as far as it is watched. All times Unix ms. */
export interface WatchedRecord {
  readonly replica: string;
  /** Log time. */
  readonly timestampMs: number;
  /** When ingest received it. */
  readonly receivedAtMs: number;
  /** Its oldest and its newest sample; absent where it has none. */
  readonly minTimestampMs?: number;
  readonly maxTimestampMs?: number;
  readonly samples: number;
  /** Size of the body, bytes: tells a request that is sent again from another one. */
  readonly sizeBytes?: number;
}

/** What is said rests on at least this much log time, and on at most twice as much, ms. */
export const WATCH_WINDOW_MS = 300_000;
/** Clocks may differ by so much before anybody is told, ms. */
const CLOCK_TOLERANCE_MS = 5_000;
/** Replicas watched per cluster; more are not worth watching. */
const MAX_WATCHED = 16;

/** What was seen of a replica in one window. */
interface Tally {
  /** Least time between a record's newest sample and its reception, ms: the way here, less the clock's advance. */
  floorMs: number;
  readonly shared: SharedTally;
  heard: boolean;
}

interface Sender {
  current: Tally;
  before: Tally | undefined;
  /** Digests of its newest records, in a ring; and whether the newest of all is one of them again. */
  readonly digests: Int32Array;
  turn: number;
  isRetry: boolean;
}

/** Digests remembered per sender: a shard of its queue sends again before it sends on. */
const MAX_DIGESTS = 64;

/**
 * Watches the senders of one cluster for what operators get wrong, window by window of log time. What it finds is for
 * people: it decides nothing.
 */
export class SenderWatch {
  readonly #senders = new Map<string, Sender>();
  #windowFromMs: number | undefined;
  #windows = 0;

  /** Takes note of a record, elected or not; whether it began another window. */
  heard(record: WatchedRecord): boolean {
    const { replica, timestampMs, receivedAtMs, maxTimestampMs, samples } = record;
    const turned = this.#turn(timestampMs);
    const sender = this.#senderOf(replica);
    if (sender === undefined) return turned;
    const { current } = sender;
    current.heard = true;
    noteDigest(sender, digestOf(record));
    if (!sender.isRetry) current.shared.samples += samples;
    if (maxTimestampMs !== undefined) current.floorMs = Math.min(current.floorMs, receivedAtMs - maxTimestampMs);
    return turned;
  }

  /** Takes note of samples of the record heard last that were not newer than what was let through; of a retry they say nothing. */
  repeated(replica: string, samples: number): void {
    const sender = this.#senders.get(replica);
    if (sender !== undefined && !sender.isRetry) sender.current.shared.repeats += samples;
  }

  /** Whether the distances of a replica's samples are to be looked at again, at a log time, Unix ms. */
  isLookDue(replica: string, timestampMs: number): boolean {
    return this.#senders.get(replica)?.current.shared.isLookDue(timestampMs) === true;
  }

  /**
   * Takes note of the distances between the newest samples of some series of a replica.
   *
   * @param distancesMs of each series the three newest ones, the newest first
   */
  looked(replica: string, timestampMs: number, distancesMs: readonly (readonly [number, number, number])[]): void {
    this.#senders.get(replica)?.current.shared.look(timestampMs, distancesMs);
  }

  /** What is to be said of each replica; nothing before the first window is over. */
  reports(): readonly SenderReport[] {
    if (this.#windows === 0) return [];
    const seen = [...this.#senders].map(([replica, { before, current }]) => ({ replica, ...merge(before, current) }));
    const heard = seen.filter((tally) => tally.heard);
    const slowestMs = Math.max(0, ...heard.map(({ floorMs }) => floorMs).filter(Number.isFinite));
    return heard.map((tally) => {
      const aheadMs = Number.isFinite(tally.floorMs) ? aheadBy(tally.floorMs, slowestMs) : 0;
      return { replica: tally.replica, aheadMs, verdict: verdictOf(tally, aheadMs, heard.length) };
    });
  }

  #turn(timestampMs: number): boolean {
    this.#windowFromMs ??= timestampMs;
    if (timestampMs < this.#windowFromMs + WATCH_WINDOW_MS) return false;
    // After a long silence what was seen before it says nothing of now.
    const stale = timestampMs >= this.#windowFromMs + 2 * WATCH_WINDOW_MS;
    this.#windowFromMs = timestampMs;
    this.#windows = stale ? 0 : this.#windows + 1;
    for (const [replica, sender] of this.#senders) {
      if (stale || !sender.current.heard) this.#senders.delete(replica);
      sender.before = sender.current;
      sender.current = emptyTally();
    }
    return true;
  }

  #senderOf(replica: string): Sender | undefined {
    let sender = this.#senders.get(replica);
    if (sender === undefined && this.#senders.size < MAX_WATCHED) {
      const digests = new Int32Array(MAX_DIGESTS);
      sender = { current: emptyTally(), before: undefined, digests, turn: 0, isRetry: false };
      this.#senders.set(replica, sender);
    }
    return sender;
  }
}

function noteDigest(sender: Sender, digest: number): void {
  sender.isRetry = sender.digests.includes(digest);
  if (sender.isRetry) return;
  sender.digests[sender.turn] = digest;
  sender.turn = (sender.turn + 1) % MAX_DIGESTS;
}

function emptyTally(): Tally {
  return { floorMs: Infinity, shared: new SharedTally(), heard: false };
}

function merge(before: Tally | undefined, current: Tally): Tally {
  if (before === undefined) return current;
  return {
    floorMs: Math.min(before.floorMs, current.floorMs),
    shared: before.shared.plus(current.shared),
    heard: before.heard || current.heard,
  };
}

/** Ahead of the slowest replica, or of the time of reception, by more than is tolerated; 0 otherwise. */
function aheadBy(floorMs: number, slowestMs: number): number {
  const aheadMs = slowestMs - floorMs;
  return aheadMs > CLOCK_TOLERANCE_MS ? aheadMs : 0;
}

function verdictOf({ shared }: Tally, aheadMs: number, replicas: number): SenderVerdict {
  if (isShared(shared)) return 'shared';
  if (aheadMs > 0) return 'clock-ahead';
  return replicas === 1 ? 'alone' : 'ok';
}
