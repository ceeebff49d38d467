/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A member as the one that assigns sees it. */
export interface GroupMember {
  readonly id: string;
  readonly topics: readonly string[];
  /** What it holds already. */
  readonly owned: readonly TopicPartition[];
}

interface Share {
  readonly member: GroupMember;
  readonly held: TopicPartition[];
}

/** Text of a partition, as a key. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${partition} ${topic}`;
}

/**
 * Shares partitions among the members that want their topics: evenly, and so that as few as possible change hands. The
 * same input gives the same result, whoever computes it.
 */
export function assignPartitions(
  members: readonly GroupMember[],
  partitions: readonly TopicPartition[],
): ReadonlyMap<string, readonly TopicPartition[]> {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  const shares: Share[] = sorted.map((member) => ({ member, held: [] }));
  const free = new Map(partitions.map((partition) => [partitionKey(partition), partition]));
  const least = Math.floor(partitions.length / Math.max(1, shares.length));
  let odd = partitions.length - least * shares.length;
  for (const share of shares) keepOwned(share, free, least);
  // The odd ones stay with members that hold one more already.
  for (const share of shares) if (odd > 0 && share.held.length === least) odd -= keepOwned(share, free, least + 1);
  for (const partition of free.values()) poorest(shares, partition.topic)?.held.push(partition);
  return new Map(shares.map(({ member, held }) => [member.id, held]));
}

/** Keeps what is owned and still free, up to a number; returns how many. */
function keepOwned({ member, held }: Share, free: Map<string, TopicPartition>, limit: number): number {
  const before = held.length;
  for (const owned of member.owned) {
    if (held.length >= limit) break;
    const partition = free.get(partitionKey(owned));
    if (partition === undefined || !member.topics.includes(partition.topic)) continue;
    free.delete(partitionKey(partition));
    held.push(partition);
  }
  return held.length - before;
}

function poorest(shares: readonly Share[], topic: string): Share | undefined {
  let found: Share | undefined;
  for (const share of shares) {
    if (!share.member.topics.includes(topic)) continue;
    if (found === undefined || share.held.length < found.held.length) found = share;
  }
  return found;
}
