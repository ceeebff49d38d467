/** One partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A member of a consumer group, as far as sharing goes. */
export interface GroupMember {
  readonly id: string;
  readonly topics: readonly string[];
}

/** A partition as text, for maps: `<topic>/<partition>`. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/**
 * Shares partitions among the members that want their topics: each goes to one of them, as evenly as the topics allow
 * (members with the same topics differ by at most one), and moves as little as that takes.
 *
 * A function of its arguments alone, so that whoever computes it finds the same.
 *
 * @param held who held what before, by `partitionKey`; owners that are no members any more are passed over
 * @returns the member of each partition, by `partitionKey`; partitions nobody wants are absent
 */
export function assignPartitions(
  members: readonly GroupMember[],
  partitions: readonly TopicPartition[],
  held: ReadonlyMap<string, string>,
): Map<string, string> {
  const shares = new Shares(members);
  const wanted = partitions.filter(({ topic }) => shares.takers(topic).length > 0);
  const unowned: TopicPartition[] = [];
  for (const one of wanted) {
    if (!shares.give(one, held.get(partitionKey(one)))) unowned.push(one);
  }
  for (const one of unowned) shares.give(one, shares.leastLoaded(one.topic));
  shares.balance(wanted);
  return shares.owners;
}

/** Who owns what while an assignment is being made. */
class Shares {
  readonly owners = new Map<string, string>();
  readonly #load = new Map<string, number>();
  readonly #takers = new Map<string, string[]>();

  constructor(members: readonly GroupMember[]) {
    for (const { id, topics } of [...members].sort(byId)) {
      this.#load.set(id, 0);
      for (const topic of new Set(topics)) this.#takers.set(topic, [...this.takers(topic), id]);
    }
  }

  /** Members that want the topic, by id. */
  takers(topic: string): readonly string[] {
    return this.#takers.get(topic) ?? [];
  }

  /** Gives a partition to a member, if that one wants it. */
  give(one: TopicPartition, member: string | undefined): boolean {
    if (member === undefined || !this.takers(one.topic).includes(member)) return false;
    const before = this.owners.get(partitionKey(one));
    if (before !== undefined) this.#load.set(before, this.#loadOf(before) - 1);
    this.owners.set(partitionKey(one), member);
    this.#load.set(member, this.#loadOf(member) + 1);
    return true;
  }

  leastLoaded(topic: string): string | undefined {
    let least: string | undefined;
    for (const id of this.takers(topic)) {
      if (least === undefined || this.#loadOf(id) < this.#loadOf(least)) least = id;
    }
    return least;
  }

  /** Moves partitions from members that have at least two more than another taker. Each move evens out, so it ends. */
  balance(partitions: readonly TopicPartition[]): void {
    for (let moved = true; moved;) {
      moved = false;
      for (const one of partitions) {
        const owner = this.owners.get(partitionKey(one));
        const least = this.leastLoaded(one.topic);
        if (owner === undefined || least === undefined) continue;
        if (this.#loadOf(owner) > this.#loadOf(least) + 1) moved = this.give(one, least) || moved;
      }
    }
  }

  #loadOf(member: string): number {
    return this.#load.get(member) ?? 0;
  }
}

function byId(a: GroupMember, b: GroupMember): number {
  return a.id < b.id ? -1 : 1;
}
