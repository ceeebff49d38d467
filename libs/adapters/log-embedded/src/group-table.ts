import { assignPartitions, partitionKey, type TopicPartition } from '@tandem/stream';
import { type Tables } from './tables.ts';
import { type TopicCatalogue } from './topic-catalogue.ts';
import { type WriteTransaction } from './write-transaction.ts';

const VERSION_BYTES = 8;

/** A member as the group knows it. */
export interface StoredMember {
  /** The client it belongs to; when that one's heartbeat stops, the member is out. */
  readonly session: string;
  readonly topics: readonly string[];
}

/** A group: who is in it and who is to hold what. */
export interface StoredGroup {
  readonly members: Readonly<Record<string, StoredMember>>;
  /** Member by `partitionKey`. */
  readonly assignment: Readonly<Record<string, string>>;
}

const NOBODY: StoredGroup = { members: {}, assignment: {} };

/** Grows with every change of the group's members and every claim let go; 0 before the first one. */
export function groupVersion(tables: Tables, group: string): number {
  return tables.groups.get(Buffer.from(group))?.readDoubleLE(0) ?? 0;
}

/** A group as stored. */
export function readGroup(tables: Tables, group: string): StoredGroup {
  const stored = tables.groups.get(Buffer.from(group));
  return stored === undefined ? NOBODY : parse(stored);
}

/** Every group there is. */
export function groupNames(tables: Tables): string[] {
  return [...tables.groups.getKeys()].map((key) => key.toString());
}

/** The partitions a member is to hold. */
export function assignedTo(group: StoredGroup, member: string): TopicPartition[] {
  return Object.entries(group.assignment)
    .filter(([, owner]) => owner === member)
    .map(([key]) => partitionOfKey(key));
}

/** Puts a member in, or out, and shares the partitions anew. */
export function changeMembers(
  transaction: WriteTransaction,
  group: string,
  topics: TopicCatalogue,
  change: (members: Record<string, StoredMember>) => void,
): void {
  const before = readGroup(transaction.tables, group);
  const members = { ...before.members };
  change(members);
  const wanted = Object.entries(members).map(([id, member]) => ({ id, topics: member.topics }));
  const partitions = [...new Set(wanted.flatMap((member) => member.topics))].sort().flatMap((topic) => {
    const count = topics.layout(topic).partitions;
    return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  });
  const assignment = assignPartitions(wanted, partitions, new Map(Object.entries(before.assignment)));
  store(transaction, group, { members, assignment: Object.fromEntries(assignment) });
}

/** Makes all members look again. */
export function touchGroup(transaction: WriteTransaction, group: string): void {
  store(transaction, group, readGroup(transaction.tables, group));
}

function store(transaction: WriteTransaction, group: string, content: StoredGroup): void {
  const version = Buffer.allocUnsafe(VERSION_BYTES);
  version.writeDoubleLE(groupVersion(transaction.tables, group) + 1, 0);
  const row = Buffer.concat([version, Buffer.from(JSON.stringify(content))]);
  transaction.tables.groups.putSync(Buffer.from(group), row);
  transaction.groups.add(group);
}

/** The one writer of these rows is `store`, in the same format version. */
function parse(stored: Buffer): StoredGroup {
  return JSON.parse(stored.toString('utf8', VERSION_BYTES)) as StoredGroup;
}

function partitionOfKey(key: string): TopicPartition {
  const slash = key.lastIndexOf('/');
  const one = { topic: key.slice(0, slash), partition: Number(key.slice(slash + 1)) };
  if (partitionKey(one) !== key) throw new Error(`unreachable: "${key}" is no partition`);
  return one;
}
