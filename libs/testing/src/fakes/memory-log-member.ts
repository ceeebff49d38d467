import { setTimeout as delay } from 'node:timers/promises';
import {
  type Claim,
  type JoinRequest,
  LogError,
  type Membership,
  type OutgoingRecord,
  partitionKey,
  type TopicPartition,
} from '@tandem/stream';
import { type MemoryLogStorage, type MemoryMember } from './memory-log-storage.ts';

const BACK_OFF_MS = 5;

let members = 0;

/** A member of a group of a {@link MemoryLog}. A claim that moves is taken at once; its old holder is fenced. */
export class MemoryMembership implements Membership, MemoryMember {
  readonly id = `member ${String(++members).padStart(6, '0')}`;
  readonly topics: readonly string[];
  readonly #storage: MemoryLogStorage;
  readonly #request: JoinRequest;
  readonly #claims = new Map<string, MemoryClaim>();
  readonly #running = new Set<Promise<void>>();
  #left = false;

  constructor(storage: MemoryLogStorage, request: JoinRequest) {
    this.#storage = storage;
    this.#request = request;
    this.topics = request.topics;
    for (const topic of request.topics) storage.partitions(topic);
    storage.group(request.group).members.set(this.id, this);
    storage.rebalance(request.group);
  }

  assignment(): readonly TopicPartition[] {
    return [...this.#claims.values()].map(({ topic, partition }) => ({ topic, partition }));
  }

  assigned(partitions: readonly TopicPartition[]): void {
    if (this.#left) return;
    const keys = new Set(partitions.map(partitionKey));
    for (const [key, claim] of [...this.#claims]) {
      if (!keys.has(key)) this.#end(key, claim);
    }
    for (const one of partitions) {
      if (!this.#claims.has(partitionKey(one))) this.#take(one);
    }
  }

  async leave(): Promise<void> {
    this.#left = true;
    for (const [key, claim] of [...this.#claims]) this.#end(key, claim);
    await Promise.all(this.#running);
    this.drop();
  }

  /** Gone without a word, as after a crash: its claims commit nothing any more, but their handlers are not told. */
  crash(): void {
    this.#left = true;
    for (const claim of this.#claims.values()) claim.fence();
    this.drop();
  }

  /** Takes it off the group's list. */
  drop(): void {
    if (this.#storage.group(this.#request.group).members.delete(this.id)) this.#storage.rebalance(this.#request.group);
  }

  #take(one: TopicPartition): void {
    const claim = new MemoryClaim(this.#storage, this.#request, one);
    this.#claims.set(partitionKey(one), claim);
    const running = this.#run(one, claim).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #run(one: TopicPartition, claim: MemoryClaim): Promise<void> {
    // As with any other driver, no handler runs before `join` has returned.
    await Promise.resolve();
    try {
      await this.#request.onClaim(claim);
    } catch (error) {
      this.#request.onError?.(error);
    }
    const key = partitionKey(one);
    if (this.#claims.get(key) !== claim) return;
    this.#end(key, claim);
    await delay(BACK_OFF_MS);
    const owner = this.#storage.group(this.#request.group).owners.get(key);
    if (!this.#left && owner === this.id && !this.#claims.has(key)) this.#take(one);
  }

  #end(key: string, claim: MemoryClaim): void {
    this.#claims.delete(key);
    claim.abort();
  }
}

class MemoryClaim implements Claim {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly signal: AbortSignal;
  readonly #storage: MemoryLogStorage;
  readonly #group: string;
  readonly #over = new AbortController();
  readonly #fence: number;
  #fenced = false;

  constructor(storage: MemoryLogStorage, { group, initial = 'start' }: JoinRequest, one: TopicPartition) {
    this.#storage = storage;
    this.#group = group;
    this.topic = one.topic;
    this.partition = one.partition;
    this.signal = this.#over.signal;
    const { fences, positions } = storage.group(group);
    this.#fence = (fences.get(partitionKey(one)) ?? 0) + 1;
    fences.set(partitionKey(one), this.#fence);
    this.position = positions.get(partitionKey(one)) ?? storage.partition(one.topic, one.partition)[initial];
  }

  abort(): void {
    this.fence();
    this.#over.abort();
  }

  /** Nothing is committed any more. */
  fence(): void {
    this.#fenced = true;
  }

  async commit(next: number, outputs: readonly OutgoingRecord[] = []): Promise<void> {
    await Promise.resolve();
    const { fences, positions } = this.#storage.group(this.#group);
    const key = partitionKey(this);
    try {
      if (this.#fenced || fences.get(key) !== this.#fence) throw new LogError('fenced', `cannot commit ${key}`);
      this.#storage.append(outputs);
      positions.set(key, next);
    } catch (error) {
      this.abort();
      throw error;
    }
  }
}
