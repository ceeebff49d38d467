import { type LeaseClaim, type LeaseOutcome, type LeaseStore } from '@tandem/election';

import { clusterId } from '@tandem/records';

import { type DedupSettings } from '../../src/index.ts';
import { instanceOf, isSettled, SETTINGS, TOPICS } from '../pipeline.ts';
import { ScriptedLeases } from '../scripted-leases.ts';
import { SimulatedStorage, type Appended, type Fate, type SimulatedLog } from '../simulated-log.ts';
import { begunWith, wronglyConfigured } from './other-settings.ts';
import { PacedLog, type Pace } from './paced-log.ts';
import { type Random } from './random.ts';
import { TENANT, type World } from './world.ts';

/** How the records are consumed; nothing of it may matter for what comes out. */
export interface Consumer {
  readonly name: string;
  /** Records per read, in turn. */
  readonly batches: readonly [number, ...number[]];
  /** What becomes of the n-th instance: the step it dies at, and how. */
  readonly deaths: readonly { readonly atStep: number; readonly how: Fate }[];
  /** Records that reach the log before the consumer has caught up, in turn. */
  readonly chunks: readonly [number, ...number[]];
  /** Which questions to the lease store find it away, in turn. */
  readonly leaseAway: readonly [boolean, ...boolean[]];
  readonly pace: Pace;
  readonly commitBytes: number;
  readonly replayWindowMs: number;
  /** Which instances, in turn, come with a configuration of before: the settings in the log are in force. */
  readonly misconfigured: readonly [boolean, ...boolean[]];
}

/** Reads everything that is there in large batches and never dies. */
export const SMOOTH: Consumer = {
  name: 'smooth',
  batches: [1000],
  deaths: [],
  chunks: [Infinity],
  leaseAway: [false],
  pace: { work: [0], beside: [0] },
  commitBytes: 65_536,
  replayWindowMs: SETTINGS.replayWindowMs,
  misconfigured: [false],
};

/** A consumer with troubles. */
export function roughConsumer(random: Random): Consumer {
  const top = random.pick([5, 40, 200]);
  return {
    name: 'rough',
    batches: [random.int(1, top), ...Array.from({ length: 4 }, () => random.int(1, top))],
    deaths: Array.from({ length: random.int(0, 8) }, () => ({
      atStep: random.int(0, random.pick([4, 20, 60])),
      how: random.pick<Fate>(['dies', 'dies-after']),
    })),
    chunks: random.pick<Consumer['chunks']>([[Infinity], [300, 1, 40, 500, 90], [100, 7, 250]]),
    leaseAway: [random.chance(0.3), random.chance(0.3), random.chance(0.5)],
    pace: random.pick<Pace>([
      { work: [0], beside: [0] },
      { work: [1, 0, 3], beside: [0] },
      { work: [2], beside: [0, 1, 0, 7] },
    ]),
    commitBytes: random.pick([500, 4000, 65_536]),
    replayWindowMs: random.pick([1000, 20_000, 60_000]),
    misconfigured: [random.chance(0.3), random.chance(0.5), true],
  };
}

/** How long an instance may not come on, ms of real time: the machine may be busy. */
const STUCK_AFTER_MS = 30_000;

/** A record on its way into the log. */
export interface Fed {
  /** Default: `samples`. */
  readonly topic?: string;
  readonly partition: number;
  readonly record: Appended;
}

/**
 * Has a consumer process everything; instance after instance, until one has come to the end.
 *
 * @param storage what is in the log already; default: nothing
 */
export async function consume(
  world: World,
  history: readonly Fed[],
  consumer: Consumer,
  storage = new SimulatedStorage(world.partitions),
): Promise<SimulatedStorage> {
  begunWith(storage, settingsOf(world, consumer));
  const feed = new Feed(storage, history, consumer.chunks);
  const leases = new FlakyLeases(consumer.leaseAway);
  feed.next();
  for (let life = 0, ended = false; !ended; life++) {
    const death = consumer.deaths[life];
    const log = new PacedLog(storage, {
      pace: consumer.pace,
      batchRecords: (n) => consumer.batches[n % consumer.batches.length] ?? 1,
      fate: (n) => (n === death?.atStep ? death.how : 'lives'),
    });
    ended = await runLife(feed, log, { world, life, leases, consumer });
  }
  return storage;
}

interface Life {
  readonly world: World;
  readonly life: number;
  readonly leases: LeaseStore;
  readonly consumer: Consumer;
}

function settingsOf(
  { idleTimeoutMs, forgetAfterMs, clusters }: World,
  { commitBytes, replayWindowMs }: Consumer,
): DedupSettings {
  const elections = { ...SETTINGS.elections, idleTimeoutMs, forgetAfterMs };
  const spread = clusters.flatMap(({ name: cluster, shards }) =>
    cluster === undefined || shards === undefined ? [] : [{ tenant: TENANT, cluster, shards }],
  );
  const overrides = clusters.flatMap(({ name, takesOutOfOrder }) =>
    name === undefined || takesOutOfOrder !== true
      ? []
      : [{ tenant: TENANT, cluster: clusterId(TENANT, name), rule: 'pass' as const }],
  );
  const outOfOrder = { ...SETTINGS.outOfOrder, overrides };
  return { ...SETTINGS, outOfOrder, elections, commitBytes, replayWindowMs, spread };
}

/** Runs one instance until it dies, or has processed everything; whether it has. */
async function runLife(feed: Feed, log: SimulatedLog, { world, life, leases, consumer }: Life): Promise<boolean> {
  const settings = settingsOf(world, consumer);
  const isWrong = consumer.misconfigured[life % consumer.misconfigured.length] === true;
  const configured = isWrong ? wronglyConfigured(settings) : { settings };
  const service = instanceOf({ log, leases, ...configured, instance: `d${life}` });
  await service.start(new AbortController().signal);
  const done = (): boolean => isSettled(feed.storage, service);
  try {
    for (;;) {
      await until(
        () => log.dead || done(),
        () => JSON.stringify(service.status()),
      );
      if (log.dead) return false;
      if (!feed.next()) return true;
    }
  } finally {
    await service.stop();
    const unexpected = log.dead ? undefined : log.errors[0];
    if (unexpected !== undefined) throw new Error('the service failed', { cause: unexpected });
  }
}

/** Appends the history chunk by chunk. */
class Feed {
  readonly storage: SimulatedStorage;
  readonly #history: readonly Fed[];
  readonly #chunks: readonly number[];
  #next = 0;
  #turn = 0;

  constructor(storage: SimulatedStorage, history: readonly Fed[], chunks: readonly number[]) {
    this.storage = storage;
    this.#history = history;
    this.#chunks = chunks;
  }

  /** Appends the next chunk; whether there was one. */
  next(): boolean {
    const size = this.#chunks[this.#turn++ % this.#chunks.length] ?? Infinity;
    const chunk = this.#history.slice(this.#next, this.#next + size);
    this.#next += chunk.length;
    for (const { topic = TOPICS.samples, partition, record } of chunk) this.storage.append(topic, partition, [record]);
    return chunk.length > 0;
  }
}

/** A store that is away at times. */
class FlakyLeases extends ScriptedLeases {
  readonly #turns: readonly boolean[];
  #asked = 0;

  constructor(turns: readonly boolean[]) {
    super();
    this.#turns = turns;
  }

  override acquire(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    this.#turn();
    return super.acquire(claim, ttlMs);
  }

  override renew(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    this.#turn();
    return super.renew(claim, ttlMs);
  }

  override handOver(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    this.#turn();
    return super.handOver(claim, ttlMs);
  }

  #turn(): void {
    this.away = this.#turns[this.#asked++ % this.#turns.length] ?? false;
  }
}

/** Waits as long as something changes: how long all of it takes is the machine's. */
async function until(holds: () => boolean, status: () => string): Promise<void> {
  let known = status();
  let lookMs = performance.now() + STUCK_AFTER_MS;
  while (!holds()) {
    if (performance.now() > lookMs) {
      const now = status();
      if (now === known) throw new Error(`stuck: the consumer does not come on, ${now}`);
      known = now;
      lookMs = performance.now() + STUCK_AFTER_MS;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
