import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Membership, partitionKey, type TopicPartition } from '@tandem/stream';
import { assignedTo, changeMembers, groupVersion, readGroup } from './group-table.ts';
import { HeldPartition, type HoldOptions } from './held-partition.ts';
import { groupChange } from './change-feed.ts';

const RETRY_MS = 500;

/** What a member needs; `session` is the heartbeat that keeps it in. */
export interface MemberOptions extends Omit<HoldOptions, 'of' | 'member'> {
  readonly session: string;
}

/** Being a member: holds what the group assigns to it. */
export class GroupMember implements Membership {
  readonly #options: MemberOptions;
  readonly #id = randomUUID();
  readonly #leaving = new AbortController();
  readonly #held = new Map<string, { readonly one: TopicPartition; readonly held: HeldPartition }>();
  readonly #ending = new Set<Promise<void>>();
  #running: Promise<void> = Promise.resolve();
  #left: Promise<void> | undefined;

  private constructor(options: MemberOptions) {
    this.#options = options;
  }

  /** Joins; the claims come when the members before have let go. */
  static async join(options: MemberOptions): Promise<GroupMember> {
    const member = new GroupMember(options);
    await member.#enter();
    member.#running = member.#follow();
    return member;
  }

  assignment(): readonly TopicPartition[] {
    return [...this.#held.values()].filter(({ held }) => held.isHeld).map(({ one }) => one);
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  async #leave(): Promise<void> {
    this.#leaving.abort();
    await this.#running;
    this.#keepOnly(new Set());
    await Promise.all(this.#ending);
    await this.#change((members) => Reflect.deleteProperty(members, this.#id));
  }

  async #enter(): Promise<void> {
    const { session, request } = this.#options;
    for (const topic of request.topics) this.#options.store.topics.layout(topic);
    await this.#change((members) => (members[this.#id] = { session, topics: request.topics }));
  }

  async #change(change: Parameters<typeof changeMembers>[3]): Promise<void> {
    const { store, request } = this.#options;
    await store.queue.run({
      bytes: 0,
      run: (transaction) => changeMembers(transaction, request.group, store.topics, change),
    });
  }

  async #follow(): Promise<void> {
    const { store, request, onError } = this.#options;
    while (!this.#leaving.signal.aborted) {
      try {
        store.tables.root.resetReadTxn();
        const version = groupVersion(store.tables, request.group);
        await this.#reconcile();
        const changed = (): boolean => groupVersion(store.tables, request.group) !== version;
        await store.changes.wait(groupChange(request.group), changed, this.#leaving.signal);
      } catch (error) {
        onError(error);
        await delay(RETRY_MS, undefined, { signal: this.#leaving.signal }).catch(() => undefined);
      }
    }
  }

  /** Makes what is held be what is assigned. */
  async #reconcile(): Promise<void> {
    const { store, request } = this.#options;
    const group = readGroup(store.tables, request.group);
    const isMember = group.members[this.#id] !== undefined;
    const assigned = new Map(assignedTo(group, this.#id).map((one) => [partitionKey(one), one]));
    this.#keepOnly(new Set(assigned.keys()));
    // Put out, for a pause that took too long: what was held is fenced, so begin anew.
    if (!isMember) return this.#enter();
    for (const [key, one] of assigned) {
      if (this.#held.has(key)) continue;
      const held = new HeldPartition({ ...this.#options, of: { ...one, group: request.group }, member: this.#id });
      this.#held.set(key, { one, held });
    }
  }

  #keepOnly(keep: ReadonlySet<string>): void {
    for (const [key, { held }] of [...this.#held]) {
      if (keep.has(key)) continue;
      this.#held.delete(key);
      const ending: Promise<void> = held
        .end()
        .catch(this.#options.onError)
        .then(() => void this.#ending.delete(ending));
      this.#ending.add(ending);
    }
  }
}
