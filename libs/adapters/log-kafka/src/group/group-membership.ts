import { type JoinRequest, LogError, type Membership } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';
import { type Cluster } from '../cluster/cluster.ts';
import { type Offsets } from '../read/offsets.ts';
import { asLogError, BrokerError, isTransient } from '../wire/errors.ts';
import { Backoff, pause } from '../wire/retry.ts';
import { partitionKey, type TopicPartition } from './assignment.ts';
import { ClaimRunner } from './claim-runner.ts';
import { type Generation, GroupClient, isExpelled, isRebalance } from './group-client.ts';

/** What a membership stands on. */
export interface MembershipContext {
  readonly cluster: Cluster;
  readonly offsets: Offsets;
  readonly logger: Logger;
  readonly timeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly transactionTimeoutMs: number;
}

const MAX_BACKOFF_MS = 2000;
const MAX_HEARTBEAT_MS = 500;
/** The others find out by themselves after the session timeout. */
const LEAVE_TIMEOUT_MS = 3000;
const NO_GENERATION: Generation = { memberId: '', generationId: -1 };

/**
 * A member of a Kafka consumer group. The group only says who holds what: positions are read and moved by the claims,
 * under transactional ids that fence. A rebalance does not touch claims whose partition stays.
 */
export class GroupMembership implements Membership {
  readonly #context: MembershipContext;
  readonly #request: JoinRequest;
  readonly #client: GroupClient;
  readonly #runners = new Map<string, ClaimRunner>();
  /** Handlers that were told to end, by partition: the next claim of it waits for them. */
  readonly #ending = new Map<string, Promise<void>>();
  readonly #leaving = new AbortController();
  readonly #stopped = new AbortController();
  readonly #loop: Promise<void>;
  #generation: Generation = NO_GENERATION;
  #stable = false;
  /** When the coordinator last confirmed the membership, monotonic ms. */
  #confirmedAt = performance.now();
  #left: Promise<void> | undefined;

  constructor(context: MembershipContext, request: JoinRequest) {
    this.#context = context;
    this.#request = request;
    const { cluster, sessionTimeoutMs, timeoutMs } = context;
    const times = { sessionTimeoutMs, requestTimeoutMs: timeoutMs };
    this.#client = new GroupClient(cluster, request.group, request.topics, times);
    this.#loop = this.#run();
  }

  /** @inheritdoc */
  assignment(): readonly TopicPartition[] {
    return [...this.#runners.values()].filter((runner) => runner.holding).map((runner) => runner.source);
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(MAX_BACKOFF_MS);
    while (!this.#isStopped()) {
      try {
        await this.#joinOnce();
        backoff.reset();
        await this.#beat();
      } catch (error) {
        if (this.#isStopped()) break;
        await this.#interrupted(error, backoff);
      }
    }
  }

  async #joinOnce(): Promise<void> {
    this.#stable = false;
    const owned = [...this.#runners.values()].map((runner) => runner.source);
    const { assigned, ...generation } = await this.#client.join(this.#generation.memberId, owned);
    this.#generation = generation;
    this.#confirmedAt = performance.now();
    this.#stable = true;
    if (!this.#leaving.signal.aborted) this.#hold(assigned);
  }

  /** Heartbeats until the group moves on, which comes as an error. */
  async #beat(): Promise<void> {
    const intervalMs = Math.min(MAX_HEARTBEAT_MS, this.#context.sessionTimeoutMs / 4);
    while (!this.#isStopped()) {
      await pause(intervalMs, this.#stopped.signal);
      if (!this.#isStopped()) await this.#heartbeat();
    }
  }

  async #heartbeat(): Promise<void> {
    const sentAt = performance.now();
    await this.#client.heartbeat(this.#generation);
    this.#confirmedAt = sentAt;
  }

  async #interrupted(error: unknown, backoff: Backoff): Promise<void> {
    this.#stable = false;
    if (isRebalance(error)) return;
    const silentMs = performance.now() - this.#confirmedAt;
    const lost = isExpelled(error) || silentMs > this.#context.sessionTimeoutMs;
    if (isExpelled(error)) this.#generation = NO_GENERATION;
    if (lost) this.#hold([]);
    if (!(error instanceof BrokerError) || error.transient) this.#client.reset();
    // A coordinator that moves or restarts is a matter of course while it takes less than the session.
    if (lost || !isTransient(error)) this.#report(asLogError(error, `take part in group "${this.#request.group}"`));
    await pause(backoff.next(), this.#stopped.signal);
  }

  #report(error: LogError): void {
    const { group, onError } = this.#request;
    this.#context.logger.warn({ group, cause: error.message }, 'Membership interrupted');
    onError?.(error);
  }

  /** Goes from what is held to what is assigned: what stays is not touched. */
  #hold(assigned: readonly TopicPartition[]): void {
    const wanted = new Map(assigned.map((source) => [partitionKey(source), source]));
    for (const [key, runner] of this.#runners) {
      if (wanted.has(key)) continue;
      this.#runners.delete(key);
      runner.revoke();
      const ended = runner.ended.finally(() => {
        if (this.#ending.get(key) === ended) this.#ending.delete(key);
      });
      this.#ending.set(key, ended);
    }
    for (const [key, source] of wanted) {
      if (!this.#runners.has(key)) this.#runners.set(key, this.#runner(source));
    }
  }

  #runner(source: TopicPartition): ClaimRunner {
    const { cluster, offsets, timeoutMs, transactionTimeoutMs } = this.#context;
    const context = {
      cluster,
      offsets,
      timeoutMs,
      transactionTimeoutMs,
      request: this.#request,
      confirm: (claimed: TopicPartition) => this.#confirm(claimed),
    };
    return new ClaimRunner(source, context, this.#ending.get(partitionKey(source)) ?? Promise.resolve());
  }

  /**
   * A member that was out of the group without knowing must not fence the one that holds the partition now: so the
   * coordinator is asked right before, and nothing is fenced between generations.
   */
  async #confirm(source: TopicPartition): Promise<void> {
    if (this.#stable) await this.#heartbeat().catch(expectMember);
    const silentMs = performance.now() - this.#confirmedAt;
    const assigned = this.#runners.has(partitionKey(source));
    if (!assigned || !this.#stable || silentMs > this.#context.sessionTimeoutMs) throw rebalancing();
  }

  /** @inheritdoc */
  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  /** Heartbeats go on until the handlers have ended: nobody else is to begin before that. */
  async #leave(): Promise<void> {
    this.#leaving.abort();
    this.#hold([]);
    await Promise.all(this.#ending.values());
    this.#stopped.abort();
    // Ends a request that waits for the other members.
    this.#client.close();
    await this.#loop;
    if (this.#generation.memberId !== '') await this.#tellLeaving(this.#generation.memberId);
    this.#client.close();
  }

  async #tellLeaving(memberId: string): Promise<void> {
    const told = new AbortController();
    const telling = this.#client.leave(memberId).catch(() => undefined);
    await Promise.race([telling.finally(() => told.abort()), pause(LEAVE_TIMEOUT_MS, told.signal)]);
  }
}

function expectMember(error: unknown): never {
  throw isRebalance(error) || isExpelled(error) ? rebalancing() : error;
}

/** Passes: the next assignment either has the partition or ends the claim. */
function rebalancing(): LogError {
  return new LogError('unavailable', 'the group is rebalancing');
}
