import { LogError, type TopicPartition } from '@tandem/stream';
import { readGroup, touchGroup } from './group-table.ts';
import { type Tables } from './tables.ts';
import { type WriteTransaction } from './write-transaction.ts';

const POSITION_AT = 8;
const OWNER_AT = 16;

/** A partition as a group holds it. */
export interface GroupPartition extends TopicPartition {
  readonly group: string;
}

interface ClaimRow {
  /** Grows with every taking; a claim may commit only while it is still its own. */
  readonly fence: number;
  /** Committed offset; `undefined` before the first commit. */
  readonly position: number | undefined;
  /** Member that holds it, or empty. */
  readonly owner: string;
}

/** What taking a partition gives. */
export interface TakenClaim {
  readonly fence: number;
  readonly position: number | undefined;
}

/** The group's committed offset. */
export function committedPosition(tables: Tables, of: GroupPartition): number | undefined {
  return readRow(tables, of).position;
}

/**
 * Takes a partition for a member: from now on nobody else's commit goes through.
 *
 * @param force also when another member still holds it
 * @returns `undefined` when the partition is not assigned to the member, or still held by another one
 */
export function takeClaim(
  { tables }: WriteTransaction,
  of: GroupPartition,
  member: string,
  force: boolean,
): TakenClaim | undefined {
  const { members, assignment } = readGroup(tables, of.group);
  if (assignment[`${of.topic}/${of.partition}`] !== member) return undefined;
  const row = readRow(tables, of);
  const isHeld = row.owner !== '' && row.owner !== member && members[row.owner] !== undefined;
  if (isHeld && !force) return undefined;
  const fence = row.fence + 1;
  writeRow(tables, of, { ...row, fence, owner: member });
  return { fence, position: row.position };
}

/** @throws {LogError} `fenced` when the partition was taken since, so that this claim holds it no more */
export function checkClaim({ tables }: WriteTransaction, of: GroupPartition, fence: number): void {
  if (readRow(tables, of).fence === fence) return;
  const what = `partition ${of.partition} of topic "${of.topic}" in group "${of.group}"`;
  throw new LogError('fenced', `cannot commit ${what}: another member has taken it over`);
}

/** Moves the committed offset; after {@link checkClaim} in the same transaction. */
export function commitClaim({ tables }: WriteTransaction, of: GroupPartition, next: number): void {
  writeRow(tables, of, { ...readRow(tables, of), position: next });
}

/** Lets a partition go, so that whoever it is assigned to takes it at once. */
export function releaseClaim(transaction: WriteTransaction, of: GroupPartition, fence: number): void {
  const row = readRow(transaction.tables, of);
  if (row.fence !== fence || row.owner === '') return;
  // The number moves on here already: the claim that was let go has ended, even while nobody else has the partition.
  writeRow(transaction.tables, of, { ...row, fence: fence + 1, owner: '' });
  touchGroup(transaction, of.group);
}

function rowKey({ group, topic, partition }: GroupPartition): Buffer {
  return Buffer.from(`${group}\0${topic}\0${partition}`);
}

function readRow(tables: Tables, of: GroupPartition): ClaimRow {
  const stored = tables.claims.get(rowKey(of));
  if (stored === undefined) return { fence: 0, position: undefined, owner: '' };
  const position = stored.readDoubleLE(POSITION_AT);
  return {
    fence: stored.readDoubleLE(0),
    position: Number.isNaN(position) ? undefined : position,
    owner: stored.toString('utf8', OWNER_AT),
  };
}

function writeRow(tables: Tables, of: GroupPartition, row: ClaimRow): void {
  const head = Buffer.allocUnsafe(OWNER_AT);
  head.writeDoubleLE(row.fence, 0);
  head.writeDoubleLE(row.position ?? Number.NaN, POSITION_AT);
  tables.claims.putSync(rowKey(of), Buffer.concat([head, Buffer.from(row.owner)]));
}
