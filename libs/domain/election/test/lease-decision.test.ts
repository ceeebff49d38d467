import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkLeaseRequest, decideLease, type Lease, type LeaseOperation, parseLease } from '../src/index.ts';

// The table of LEASE.md is tested cell by cell, on every store, by the contract suite in @tandem/testing.

const name = fc.constantFrom('a', 'b', 'c');
const claim = fc.record({
  cluster: fc.constant('t/eu'),
  replica: name,
  owner: name,
  epoch: fc.nat(5),
  electedAtMs: fc.nat(9),
  receivedAtMs: fc.nat(9),
});
const step = fc.record({
  operation: fc.constantFrom<LeaseOperation>('acquire', 'renew', 'handOver'),
  claim,
  ttlMs: fc.integer({ min: 1, max: 20 }),
  passesMs: fc.nat(10),
});

function expectNoStepBack(before: Lease | undefined, after: Lease | undefined): void {
  if (before === undefined || after === undefined) return;
  expect(after.epoch).toBeGreaterThanOrEqual(before.epoch);
  if (after.epoch > before.epoch) return;
  expect(after.replica).toBe(before.replica);
  expect(after.receivedAtMs).toBeGreaterThanOrEqual(before.receivedAtMs);
}

describe('any history of a lease', () => {
  test('L3, L4, L5: epochs never go back, an epoch keeps its replica, receivedAtMs never goes back in it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let stored: Lease | undefined;
        let nowMs = 1000;
        for (const { operation, claim, ttlMs, passesMs } of steps) {
          nowMs += passesMs;
          const outcome = decideLease({ operation, claim, ttlMs, stored, nowMs });
          const left = outcome.outcome === 'granted' ? outcome.lease : outcome.current;
          const added = { ...claim, receivedAtMs: left?.receivedAtMs, expiresAtMs: nowMs + ttlMs };
          expect(left).toEqual(outcome.outcome === 'granted' ? added : stored);
          expectNoStepBack(stored, left);
          stored = left;
        }
      }),
    );
  });

  test('L6: nobody but an owner in time renews or hands over', () => {
    fc.assert(
      fc.property(step, claim, fc.nat(20), ({ operation, claim, ttlMs }, held, nowMs) => {
        const stored = { ...held, expiresAtMs: 10 };
        const outcome = decideLease({ operation, claim, ttlMs, stored, nowMs });
        const allowed = operation === 'acquire' || (claim.owner === stored.owner && nowMs < 10);
        expect(outcome.outcome === 'granted' && !allowed).toBe(false);
      }),
    );
  });
});

test('L14: what is no request is refused, and the part is named', () => {
  const good = { cluster: 't/eu', replica: 'a', owner: 'x', epoch: 0, electedAtMs: 0, receivedAtMs: 0 };
  expect(() => checkLeaseRequest(good, 1)).not.toThrow();
  for (const ttlMs of [0, -1, 0.5, Number.NaN, Infinity]) {
    expect(() => checkLeaseRequest(good, ttlMs)).toThrow(`cannot grant a lease for ${ttlMs} ms`);
  }
  for (const part of ['cluster', 'replica', 'owner'] as const) {
    expect(() => checkLeaseRequest({ ...good, [part]: '' }, 1)).toThrow(`its ${part} is empty`);
  }
  for (const part of ['epoch', 'electedAtMs', 'receivedAtMs'] as const) {
    expect(() => checkLeaseRequest({ ...good, [part]: -1 }, 1)).toThrow(`its ${part} is -1`);
    expect(() => checkLeaseRequest({ ...good, [part]: 2 ** 53 }, 1)).toThrow(RangeError);
  }
});

describe('a lease in JSON', () => {
  const lease = { cluster: 't', replica: 'a', epoch: 1, owner: 'x', electedAtMs: 1, receivedAtMs: 2, expiresAtMs: 3 };

  test('is read as it is, without what does not belong to it', () => {
    expect(parseLease(JSON.stringify({ ...lease, more: 1 }))).toEqual(lease);
  });

  test.each(['', '{', 'null', '1', '[]', '{}', '"t"'])('is not %j', (text) => {
    expect(parseLease(text)).toBeUndefined();
  });

  test('is whole: each part missing or of another type makes it none', () => {
    for (const part of Object.keys(lease)) {
      expect(parseLease(JSON.stringify({ ...lease, [part]: undefined }))).toBeUndefined();
      expect(parseLease(JSON.stringify({ ...lease, [part]: {} }))).toBeUndefined();
    }
  });
});
