import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { assignPartitions, type GroupMember, partitionKey, type TopicPartition } from '../src/index.ts';

const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
const topicsOf = fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 });
const counts = fc.record({ x: fc.nat(8), y: fc.nat(8), z: fc.nat(8) });

const partitionsOf = (count: Record<string, number>): TopicPartition[] =>
  Object.entries(count).flatMap(([topic, length]) => Array.from({ length }, (_, partition) => ({ topic, partition })));
const alike = (members: readonly string[]): GroupMember[] => members.map((id) => ({ id, topics: ['x', 'y', 'z'] }));
const loads = (members: readonly string[], owners: Map<string, string>): number[] =>
  members.map((id) => [...owners.values()].filter((owner) => owner === id).length);

describe('sharing partitions', () => {
  test('gives every partition that somebody wants to one who wants it, and no other', () => {
    const member = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), topics: topicsOf });
    const members = fc.uniqueArray(member, { selector: (one) => one.id });
    fc.assert(
      fc.property(members, counts, (group, count) => {
        const owners = assignPartitions(group, partitionsOf(count), new Map());
        for (const one of partitionsOf(count)) {
          const takers = group
            .filter(({ topics }) => topics.some((topic) => topic === one.topic))
            .map(({ id }): string => id);
          const owner = owners.get(partitionKey(one));
          expect(takers.length === 0 ? owner === undefined : takers.includes(owner ?? '')).toBe(true);
        }
      }),
    );
  });

  test('is even among members with the same topics, whoever held what before', () => {
    fc.assert(
      fc.property(ids, ids, counts, (before, after, count) => {
        const first = assignPartitions(alike(before), partitionsOf(count), new Map());
        const shares = loads(after, assignPartitions(alike(after), partitionsOf(count), first));
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('moves nothing when nothing changed, and only what a joining or leaving member makes necessary', () => {
    fc.assert(
      fc.property(ids, counts, (members, count) => {
        const partitions = partitionsOf(count);
        const first = assignPartitions(alike(members), partitions, new Map());
        expect(assignPartitions(alike(members), partitions, first)).toEqual(first);
        const joined = assignPartitions(alike([...members, 'new']), partitions, first);
        const moved = [...joined].filter(([key, owner]) => first.get(key) !== owner);
        expect(moved.every(([, owner]) => owner === 'new')).toBe(true);
        const left = assignPartitions(alike(members), partitions, joined);
        const stayed = [...joined].filter(([, owner]) => owner !== 'new');
        expect(stayed.every(([key, owner]) => left.get(key) === owner)).toBe(true);
      }),
    );
  });

  test('does not depend on the order of the members', () => {
    fc.assert(
      fc.property(ids, counts, (members, count) => {
        const backwards = alike([...members].reverse());
        const forwards = assignPartitions(alike(members), partitionsOf(count), new Map());
        expect(assignPartitions(backwards, partitionsOf(count), new Map())).toEqual(forwards);
      }),
    );
  });
});
