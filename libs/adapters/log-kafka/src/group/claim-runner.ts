import { type JoinRequest } from '@tandem/stream';
import { type Cluster } from '../cluster/cluster.ts';
import { asLogError } from '../wire/errors.ts';
import { Backoff, pause, persist } from '../wire/retry.ts';
import { type Offsets } from '../read/offsets.ts';
import { type TopicPartition } from './assignment.ts';
import { committedOffset } from './committed.ts';
import { KafkaClaim } from './kafka-claim.ts';
import { TransactionalProducer } from './transaction.ts';

/** What claims of a member share. */
export interface ClaimContext {
  readonly cluster: Cluster;
  readonly offsets: Offsets;
  readonly request: JoinRequest;
  readonly timeoutMs: number;
  readonly transactionTimeoutMs: number;
  /** Resolves when the coordinator has just confirmed the membership; rejects when the partition may be another's. */
  readonly confirm: (source: TopicPartition) => Promise<void>;
}

const MAX_BACKOFF_MS = 5000;

/** Holds one assigned partition: claims it, runs the handler, and claims it again when that ends early. */
export class ClaimRunner {
  readonly source: TopicPartition;
  readonly #context: ClaimContext;
  readonly #revoked = new AbortController();
  readonly #backoff = new Backoff(MAX_BACKOFF_MS);
  readonly #ended: Promise<void>;
  #claim: KafkaClaim | undefined;
  /** What a claim of this runner was told to be committed. */
  #committed: number | undefined;

  /** @param after what must be over before the handler runs: an earlier claim of the same partition */
  constructor(source: TopicPartition, context: ClaimContext, after: Promise<void>) {
    this.source = source;
    this.#context = context;
    this.#ended = this.#run(after);
  }

  #isRevoked(): boolean {
    return this.#revoked.signal.aborted;
  }

  /** Whether its handler runs with a claim that holds. */
  get holding(): boolean {
    return this.#claim?.signal.aborted === false;
  }

  /** Resolves when the handler has returned after {@link revoke}. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Takes the claim away; it is not taken again. */
  revoke(): void {
    this.#revoked.abort();
    this.#claim?.end();
  }

  async #run(after: Promise<void>): Promise<void> {
    await after;
    while (!this.#isRevoked()) {
      try {
        await this.#holdOnce();
      } catch (error) {
        if (!this.#isRevoked()) this.#context.request.onError?.(error);
      }
      this.#claim = undefined;
      await pause(this.#backoff.next(), this.#revoked.signal);
    }
  }

  async #holdOnce(): Promise<void> {
    const claim = await this.#take();
    this.#claim = claim;
    // Revoked while it was being taken.
    if (this.#isRevoked()) return;
    try {
      await this.#context.request.onClaim(claim);
    } finally {
      claim.end();
      await claim.idle();
      if (claim.committed !== undefined) {
        this.#committed = claim.committed;
        this.#backoff.reset();
      }
    }
    if (claim.failure !== undefined) throw claim.failure;
  }

  /** The order matters: fencing first, so that the position read afterwards can no longer be moved by somebody else. */
  async #take(): Promise<KafkaClaim> {
    const { cluster, request, timeoutMs, transactionTimeoutMs, confirm } = this.#context;
    const { topic, partition } = this.source;
    const { signal } = this.#revoked;
    try {
      const producer = await TransactionalProducer.open(cluster, {
        transactionalId: `${request.group}.${topic}.${partition}`,
        transactionTimeoutMs,
        timeoutMs,
        guard: () => confirm(this.source),
        signal,
      });
      const position = await persist({ timeoutMs, signal }, () => this.#position());
      return new KafkaClaim(request.group, this.source, position, producer);
    } catch (error) {
      throw asLogError(error, `claim "${topic}" partition ${partition}`);
    }
  }

  async #position(): Promise<number> {
    const { cluster, offsets, request } = this.#context;
    const { topic, partition } = this.source;
    const committed = await committedOffset(cluster, { group: request.group, topic, partition });
    // A coordinator that loses its partition while alive may have acknowledged a position its successor does not have
    // (KAFKA-20634). While the partition stays here nobody else moves the position, so it is never less than ours.
    if (this.#committed !== undefined) return Math.max(this.#committed, committed ?? 0);
    if (committed !== undefined) return committed;
    const { start, end } = await offsets.bounds(topic, partition);
    return request.initial === 'end' ? end : start;
  }
}
