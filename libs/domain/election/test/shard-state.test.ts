import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { decideShard, DOUBT_MS, UNHEARD_SHARD, withoutDoubt, type ShardInput, type ShardState } from '../src/index.ts';

const following = (epoch: number, replica: string): ShardState => ({ kind: 'following', epoch, replica });
const waiting = (epoch: number, fromOffset?: number): ShardState => ({
  kind: 'waiting',
  epoch,
  ...(fromOffset === undefined ? {} : { fromOffset }),
});
const record = (replica: string, offset: number, isBehindHole = false): ShardInput => ({
  kind: 'record',
  replica,
  offset,
  timestampMs: 2000,
  isBehindHole,
});
const doubting = (epoch: number, replica: string, fromOffset: number): ShardState => ({
  kind: 'following',
  epoch,
  replica,
  doubt: { fromOffset, untilMs: 2000 + DOUBT_MS },
});
const barrier = (epoch: number, replica: string, previousReceivedAtMs?: number): ShardInput => ({
  kind: 'barrier',
  epoch,
  replica,
  electedAtMs: 1000,
  ...(previousReceivedAtMs === undefined ? {} : { previousReceivedAtMs }),
});
const end = (epoch: number): ShardInput => ({ kind: 'barrier', epoch, electedAtMs: 1000 });

describe('a shard', () => {
  test.each<[string, ShardState, ShardInput, object]>([
    [
      'waits for its first barrier, and knows from where',
      UNHEARD_SHARD,
      record('a', 7),
      { verdict: 'drop', reason: 'unelected', state: waiting(0, 7) },
    ],
    [
      'remembers the first record that waits',
      waiting(0, 7),
      record('b', 8),
      { verdict: 'drop', reason: 'unelected', state: waiting(0, 7) },
    ],
    [
      'follows its first barrier from where records have waited',
      waiting(0, 7),
      barrier(1, 'a'),
      { verdict: 'follow', state: following(1, 'a'), fromOffset: 7 },
    ],
    [
      'follows a barrier nothing has waited for',
      UNHEARD_SHARD,
      barrier(3, 'a', 500),
      { verdict: 'follow', state: following(3, 'a') },
    ],
    [
      'accepts the replica it follows',
      following(1, 'a'),
      record('a', 9),
      { verdict: 'accept', state: following(1, 'a') },
    ],
    [
      'waits for the elector where its replica has lost scrapes',
      following(1, 'a'),
      record('a', 9, true),
      { verdict: 'drop', reason: 'unelected', state: doubting(1, 'a', 9) },
    ],
    [
      'does not mind what another one has lost',
      following(1, 'a'),
      record('b', 9, true),
      { verdict: 'drop', reason: 'standby', state: following(1, 'a') },
    ],
    [
      'lets what its replica sends wait in a doubt, from the first record on',
      doubting(1, 'a', 9),
      record('a', 12, true),
      { verdict: 'drop', reason: 'unelected', state: doubting(1, 'a', 9) },
    ],
    [
      'follows whoever is elected in a doubt, and continues what was let through before it',
      doubting(1, 'a', 9),
      barrier(2, 'b', 500),
      { verdict: 'follow', state: following(2, 'b'), forerunner: { heardAtMs: 500, highMs: null } },
    ],
    [
      'keeps what waits in a doubt where its epoch ends',
      doubting(1, 'a', 9),
      end(1),
      { verdict: 'wait', state: waiting(1, 9) },
    ],
    [
      'drops the other one',
      following(1, 'a'),
      record('b', 9),
      { verdict: 'drop', reason: 'standby', state: following(1, 'a') },
    ],
    [
      'continues the forerunner at the next epoch',
      following(1, 'a'),
      barrier(2, 'b', 500),
      { verdict: 'follow', state: following(2, 'b'), forerunner: { heardAtMs: 500, highMs: null } },
    ],
    [
      'continues whom it followed also where it missed the end of that epoch',
      following(1, 'a'),
      barrier(3, 'b'),
      { verdict: 'follow', state: following(3, 'b'), forerunner: { heardAtMs: 1000, highMs: null } },
    ],
    ['waits when its epoch ends', following(2, 'b'), end(2), { verdict: 'wait', state: waiting(2) }],
    [
      'keeps what waits when an epoch it never followed ends',
      waiting(0, 7),
      end(2),
      { verdict: 'wait', state: waiting(2, 7) },
    ],
    [
      'passes over a barrier of its own epoch',
      following(2, 'b'),
      barrier(2, 'a'),
      { verdict: 'void', state: following(2, 'b') },
    ],
    [
      'passes over the end of an epoch before',
      following(2, 'b'),
      end(1),
      { verdict: 'void', state: following(2, 'b') },
    ],
    ['passes over an end it has come to already', waiting(2), end(2), { verdict: 'void', state: waiting(2) }],
    [
      'passes over an old barrier while it waits',
      waiting(2, 9),
      barrier(2, 'b'),
      { verdict: 'void', state: waiting(2, 9) },
    ],
  ])('%s', (_, state, input, decision) => {
    expect(decideShard(state, input)).toEqual(decision);
  });

  test('is in doubt for as long as heartbeats may take, and no longer (P15)', () => {
    const until = 2000 + DOUBT_MS;
    expect(withoutDoubt(doubting(1, 'a', 9), until - 1)).toBeUndefined();
    expect(withoutDoubt(doubting(1, 'a', 9), until)).toEqual(following(1, 'a'));
    for (const state of [following(1, 'a'), waiting(1, 9)]) expect(withoutDoubt(state, until)).toBeUndefined();
  });

  const input = fc.oneof(
    fc.record({
      kind: fc.constant('record' as const),
      replica: fc.constantFrom('a', 'b'),
      offset: fc.nat(50),
      timestampMs: fc.nat(20_000),
      isBehindHole: fc.boolean(),
    }),
    fc.record(
      {
        kind: fc.constant('barrier' as const),
        epoch: fc.integer({ min: 1, max: 6 }),
        replica: fc.constantFrom('a', 'b'),
        electedAtMs: fc.nat(1000),
      },
      { requiredKeys: ['kind', 'epoch', 'electedAtMs'] },
    ),
  );

  test('never goes back to an epoch before, and accepts one replica per epoch (P2, P6)', () => {
    fc.assert(
      fc.property(fc.array(input), (inputs) => {
        const accepted = new Set<string>();
        const epochs: number[] = [];
        let state: ShardState = UNHEARD_SHARD;
        for (const each of inputs) {
          const decision = decideShard(state, each);
          state = decision.state;
          epochs.push(state.epoch);
          if (decision.verdict === 'accept' && each.kind === 'record') accepted.add(`${state.epoch} ${each.replica}`);
        }
        expect(epochs).toEqual(epochs.toSorted((one, other) => one - other));
        expect(new Set(Array.from(accepted, (text) => text.split(' ')[0])).size).toBe(accepted.size);
      }),
    );
  });

  test('never forgets from where records wait until a barrier takes them up (P3)', () => {
    fc.assert(
      fc.property(fc.array(input), (inputs) => {
        let state: ShardState = UNHEARD_SHARD;
        for (const each of inputs) {
          const before: ShardState = state;
          const decision = decideShard(state, each);
          state = decision.state;
          if (before.kind !== 'waiting' || before.fromOffset === undefined) continue;
          const kept = state.kind === 'waiting' && state.fromOffset === before.fromOffset;
          expect(kept || (decision.verdict === 'follow' && decision.fromOffset === before.fromOffset)).toBe(true);
        }
      }),
    );
  });
});
