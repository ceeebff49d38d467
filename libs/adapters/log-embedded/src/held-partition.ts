import { setTimeout as delay } from 'node:timers/promises';
import { type Claim, type JoinRequest, LogError, type OutgoingRecord } from '@tandem/stream';
import {
  checkClaim,
  commitClaim,
  type GroupPartition,
  releaseClaim,
  type TakenClaim,
  takeClaim,
} from './claim-table.ts';
import { groupVersion } from './group-table.ts';
import { appendAll, checkSpace, prepare } from './prepare.ts';
import { groupChange } from './change-feed.ts';
import { type Store } from './store.ts';

const FIRST_BACK_OFF_MS = 100;
const LONGEST_BACK_OFF_MS = 5000;

/** What holding a partition needs. */
export interface HoldOptions {
  readonly store: Store;
  readonly of: GroupPartition;
  /** The member for whom it is held. */
  readonly member: string;
  readonly request: JoinRequest;
  /** How long a claim of another member is waited for, and a handler that does not return. */
  readonly revokeTimeoutMs: number;
  readonly maxBytes: number;
  readonly onError: (error: unknown) => void;
}

/** A partition assigned to this member: takes its claim, runs the handler, lets go; again after a back-off. */
export class HeldPartition {
  readonly #options: HoldOptions;
  readonly #ending = new AbortController();
  readonly #done: Promise<void>;
  #claim: EmbeddedClaim | undefined;
  #backOffMs = FIRST_BACK_OFF_MS;

  constructor(options: HoldOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** Whether a claim is held right now. */
  get isHeld(): boolean {
    return this.#claim !== undefined && !this.#claim.signal.aborted;
  }

  /** Ends the claim: resolves when it was let go. A handler that does not return in time is left behind, fenced. */
  async end(): Promise<void> {
    this.#ending.abort();
    this.#claim?.abort();
    const { revokeTimeoutMs, onError, of } = this.#options;
    const late = new AbortController();
    const inTime = await Promise.race([
      this.#done.then(() => true),
      delay(revokeTimeoutMs, false, { signal: late.signal }).catch(() => false),
    ]);
    late.abort();
    if (inTime) return;
    onError(new Error(`the handler of partition ${of.partition} of "${of.topic}" did not return, it is left behind`));
    await this.#letGo();
  }

  async #run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      try {
        const taken = await this.#take();
        if (taken !== undefined) await this.#hold(taken);
      } catch (error) {
        this.#options.onError(error);
      }
      await this.#backOff();
    }
  }

  /** Waits until whoever holds the partition lets it go, but not for ever. */
  async #take(): Promise<TakenClaim | undefined> {
    const { store, of, member, revokeTimeoutMs } = this.#options;
    const patience = AbortSignal.timeout(revokeTimeoutMs);
    const signal = AbortSignal.any([this.#ending.signal, patience]);
    while (!this.#ending.signal.aborted) {
      store.tables.root.resetReadTxn();
      const version = groupVersion(store.tables, of.group);
      const force = patience.aborted;
      const taken = await store.queue.run({ bytes: 0, run: (t) => takeClaim(t, of, member, force) });
      if (taken !== undefined || force) return taken;
      await store.changes.wait(groupChange(of.group), () => groupVersion(store.tables, of.group) !== version, signal);
    }
    return undefined;
  }

  async #hold(taken: TakenClaim): Promise<void> {
    const { request, onError } = this.#options;
    const claim = new EmbeddedClaim(this.#options, taken);
    this.#claim = claim;
    try {
      // Taken at the very moment it was to end: nobody need know.
      if (!this.#ending.signal.aborted) await request.onClaim(claim);
    } catch (error) {
      onError(error);
    }
    if (claim.hasCommitted) this.#backOffMs = FIRST_BACK_OFF_MS;
    await this.#letGo();
  }

  async #letGo(): Promise<void> {
    const claim = this.#claim;
    this.#claim = undefined;
    if (claim === undefined) return;
    claim.end();
    const { store, of } = this.#options;
    await store.queue.run({ bytes: 0, run: (t) => releaseClaim(t, of, claim.fence) });
  }

  async #backOff(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    await delay(this.#backOffMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    this.#backOffMs = Math.min(this.#backOffMs * 2, LONGEST_BACK_OFF_MS);
  }
}

/** A claim by its fencing number. */
class EmbeddedClaim implements Claim {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly signal: AbortSignal;
  readonly fence: number;
  hasCommitted = false;
  readonly #options: HoldOptions;
  readonly #over = new AbortController();
  #ended = false;

  constructor(options: HoldOptions, taken: TakenClaim) {
    const { store, of, request } = options;
    this.#options = options;
    this.topic = of.topic;
    this.partition = of.partition;
    this.signal = this.#over.signal;
    this.fence = taken.fence;
    this.position = taken.position ?? firstPosition(store, of, request.initial ?? 'start');
  }

  /** Tells the handler to stop; a commit under way may still go through. */
  abort(): void {
    this.#over.abort();
  }

  /** Nothing is committed any more. */
  end(): void {
    this.#ended = true;
    this.abort();
  }

  async commit(next: number, outputs: readonly OutgoingRecord[] = []): Promise<void> {
    const { store, of, maxBytes } = this.#options;
    try {
      if (this.#ended) throw new LogError('fenced', `cannot commit partition ${of.partition}: the claim has ended`);
      const prepared = prepare(store.topics, outputs);
      await store.queue.run({
        bytes: prepared.bytes,
        run: (transaction) => {
          checkClaim(transaction, of, this.fence);
          checkSpace(transaction, prepared, maxBytes);
          appendAll(transaction, prepared);
          commitClaim(transaction, of, next);
        },
      });
      this.hasCommitted = true;
    } catch (error) {
      this.end();
      throw error;
    }
  }
}

function firstPosition(store: Store, { topic, partition }: GroupPartition, initial: 'start' | 'end'): number {
  return store.reader.state(store.topics.id(topic, partition))[initial];
}
