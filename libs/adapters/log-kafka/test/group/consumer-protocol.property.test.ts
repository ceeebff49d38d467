import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { partitionKey } from '../../src/group/assignment.ts';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../../src/group/consumer-protocol.ts';

const topic = fc.string({ minLength: 1, maxLength: 20 });
const partitions = fc.array(fc.record({ topic, partition: fc.nat(100_000) }), { maxLength: 30 });

describe('what members tell each other', () => {
  test('is a subscription that is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(topic, { maxLength: 5 }), partitions, (topics, owned) => {
        const read = decodeSubscription(encodeSubscription({ topics, owned }));
        expect(read.topics).toEqual(topics);
        expect(read.owned.map(partitionKey).sort()).toEqual(owned.map(partitionKey).sort());
      }),
    );
  });

  test('is an assignment that is read as it was written', () => {
    fc.assert(
      fc.property(partitions, (assigned) => {
        const read = decodeAssignment(encodeAssignment(assigned));
        expect(read.map(partitionKey).sort()).toEqual(assigned.map(partitionKey).sort());
      }),
    );
    expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
  });
});
