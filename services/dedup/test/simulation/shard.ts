import { type Sample, type Surroundings } from './prometheus.ts';
import { type Random } from './random.ts';
import { faultsOf, stretchAt, type Replica, type Stretch } from './world.ts';

/** A request as it reached the log; bodies that are sent again have the same samples. */
export interface Arrival {
  readonly atMs: number;
  readonly shard: number;
  /** 1: sent for the first time. */
  readonly attempt: number;
  readonly samples: readonly Sample[];
}

/** What a shard sends with. */
export interface ShardOptions {
  readonly replica: Replica;
  readonly shard: number;
  /** From the start of the process to its crash. */
  readonly life: Stretch;
  readonly around: Surroundings;
  readonly random: Random;
}

/** Time from a scrape to the queue. */
const TO_QUEUE_MS = 20;
const MAX_BACKOFF_MS = 5000;
/** No more answers to one request than this are lost. */
const MAX_LOST = 3;

/** A shard of a remote-write queue: its series in order, one request at a time, sent until it is answered. */
export class Shard {
  readonly #options: ShardOptions;
  readonly #arrivals: Arrival[] = [];

  constructor(options: ShardOptions) {
    this.#options = options;
  }

  /** Sends samples, oldest first, until all are sent or the process dies. */
  send(queue: readonly Sample[]): readonly Arrival[] {
    const { life } = this.#options;
    let freeMs = life.fromMs;
    for (let at = 0; at < queue.length;) {
      const { untilIndex, sendMs } = this.#batch(queue, at, freeMs);
      const answeredMs = this.#deliver(queue.slice(at, untilIndex), sendMs);
      if (answeredMs === undefined) break;
      freeMs = answeredMs;
      at = untilIndex;
    }
    return this.#arrivals;
  }

  /** The next batch: full, or what has come until the deadline. */
  #batch(queue: readonly Sample[], from: number, freeMs: number): { untilIndex: number; sendMs: number } {
    const { replica, random } = this.#options;
    const readyMs = (index: number): number => (queue[index]?.realMs ?? Infinity) + TO_QUEUE_MS;
    const dueMs = Math.max(freeMs, readyMs(from)) + random.int(0, replica.batchDeadlineMs);
    let untilIndex = from + 1;
    while (untilIndex - from < replica.maxSamplesPerSend && readyMs(untilIndex) <= dueMs) untilIndex++;
    const isFull = untilIndex - from === replica.maxSamplesPerSend;
    return { untilIndex, sendMs: isFull ? Math.max(freeMs, readyMs(untilIndex - 1)) : dueMs };
  }

  /** When the answer is there; `undefined`: the process died before. */
  #deliver(samples: readonly Sample[], sendMs: number): number | undefined {
    const { replica, random, life } = this.#options;
    let atMs = sendMs;
    for (let attempt = 1, lost = 0; ;) {
      atMs = this.#awake(atMs);
      if (atMs >= life.untilMs) return undefined;
      if (this.#isAway(atMs)) {
        atMs += random.int(30, MAX_BACKOFF_MS);
        continue;
      }
      const arrivesMs = atMs + random.int(5, replica.maxLatencyMs);
      if (lost >= MAX_LOST || !random.chance(replica.lostAnswers)) {
        this.#arrive({ atMs: arrivesMs, attempt, samples });
        return this.#awake(arrivesMs + random.int(1, 20));
      }
      lost++;
      this.#loseAnswer({ atMs: arrivesMs, attempt, samples });
      attempt++;
      atMs += random.int(1000, replica.requestTimeoutMs);
    }
  }

  /** The request is lost, or its answer; it may have been held up somewhere and reach the log long after. */
  #loseAnswer(arrival: Omit<Arrival, 'shard'>): void {
    const { random } = this.#options;
    if (random.chance(0.2)) return;
    const laterMs = random.chance(0.2) ? random.int(1000, 40_000) : 0;
    this.#arrive({ ...arrival, atMs: arrival.atMs + laterMs });
  }

  #arrive(arrival: Omit<Arrival, 'shard'>): void {
    this.#arrivals.push({ ...arrival, shard: this.#options.shard });
  }

  #awake(atMs: number): number {
    const { replica, random } = this.#options;
    const pause = stretchAt(faultsOf(replica, 'pause'), atMs);
    return pause === undefined ? atMs : pause.untilMs + random.int(0, 50);
  }

  #isAway(atMs: number): boolean {
    const { replica, around } = this.#options;
    return (stretchAt(around.outages, atMs) ?? stretchAt(faultsOf(replica, 'cut'), atMs)) !== undefined;
  }
}
