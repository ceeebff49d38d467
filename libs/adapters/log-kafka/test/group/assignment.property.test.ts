import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assignPartitions, type GroupMember, partitionKey, type TopicPartition } from '../../src/group/assignment.ts';

const TOPIC = 'samples';

function partitionsOf(count: number, topic = TOPIC): TopicPartition[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
}

function members(count: number, owned: (index: number) => TopicPartition[] = () => []): GroupMember[] {
  return Array.from({ length: count }, (_, i) => ({ id: `m${i}`, topics: [TOPIC], owned: owned(i) }));
}

/** Members that claim to own anything, twice and unknown partitions included. */
const groups = fc.record({
  partitions: fc.integer({ min: 0, max: 40 }),
  owned: fc.array(fc.array(fc.nat(50), { maxLength: 30 }), { minLength: 1, maxLength: 8 }),
});

describe('an assignment', () => {
  test('gives every partition to one member, and no member two more than another', () => {
    fc.assert(
      fc.property(groups, ({ partitions, owned }) => {
        const group = members(owned.length, (i) => (owned[i] ?? []).map((partition) => ({ topic: TOPIC, partition })));
        const shares = [...assignPartitions(group, partitionsOf(partitions)).values()];
        const given = shares.flat().map((one) => one.partition);
        expect(given.sort((a, b) => a - b)).toEqual(partitionsOf(partitions).map((one) => one.partition));
        const sizes = shares.map((share) => share.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('made again from itself changes nothing', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 8 }), (count, size) => {
        const first = assignPartitions(members(size), partitionsOf(count));
        const again = assignPartitions(
          members(size, (i) => [...(first.get(`m${i}`) ?? [])]),
          partitionsOf(count),
        );
        const keys = (shares: typeof first, id: string): string[] => (shares.get(id) ?? []).map(partitionKey).sort();
        for (const id of first.keys()) expect(keys(again, id)).toEqual(keys(first, id));
      }),
    );
  });

  test('moves only what must move when a member joins', () => {
    const held = assignPartitions(members(2), partitionsOf(12));
    const grown = assignPartitions(
      members(3, (i) => [...(held.get(`m${i}`) ?? [])]),
      partitionsOf(12),
    );
    for (const id of ['m0', 'm1']) {
      const before = (held.get(id) ?? []).map(partitionKey);
      expect((grown.get(id) ?? []).map(partitionKey).every((key) => before.includes(key))).toBe(true);
    }
    expect(grown.get('m2')).toHaveLength(4);
  });

  test('gives a topic to members that want it alone', () => {
    const group = [
      { id: 'a', topics: ['x'], owned: [] },
      { id: 'b', topics: ['x', 'y'], owned: [] },
    ];
    const shares = assignPartitions(group, [...partitionsOf(2, 'x'), ...partitionsOf(2, 'y'), ...partitionsOf(1, 'z')]);
    expect((shares.get('a') ?? []).every((one) => one.topic === 'x')).toBe(true);
    expect((shares.get('b') ?? []).filter((one) => one.topic === 'y')).toHaveLength(2);
    expect([...shares.values()].flat()).toHaveLength(4);
  });
});
