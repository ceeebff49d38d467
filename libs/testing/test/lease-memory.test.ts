import { expect, test } from '@jest/globals';
import { LeaseStoreError } from '@tandem/election';
import { VirtualClock } from '../src/clock.ts';
import { describeLeaseContract } from '../src/contracts/lease-contract.ts';
import { MemoryLeaseServer, MemoryLeaseStore } from '../src/fakes/memory-lease-store.ts';

const clock = new VirtualClock();
const server = new MemoryLeaseServer();
const away = (value: boolean) => () => {
  server.away = value;
  return Promise.resolve();
};

describeLeaseContract('the fake', {
  open: () => Promise.resolve(new MemoryLeaseStore({ server, now: clock.now })),
  now: clock.now,
  advance: (ms) => clock.advance(ms),
  outage: { begin: away(true), end: away(false) },
  flush: () => {
    server.clear();
    return Promise.resolve();
  },
  close: () => Promise.resolve(),
});

test('a fake whose server is away tells watchers afterwards what others changed', async () => {
  const store = new MemoryLeaseStore();
  const heard: number[] = [];
  await store.watch((lease) => heard.push(lease.epoch), new AbortController().signal);
  store.server.away = true;
  store.server.put({
    cluster: 't/eu',
    replica: 'a',
    epoch: 3,
    owner: 'x',
    electedAtMs: 1,
    receivedAtMs: 1,
    expiresAtMs: 2,
  });
  await expect(store.list()).rejects.toBeInstanceOf(LeaseStoreError);
  expect(heard).toEqual([]);
  store.server.away = false;
  expect(heard).toEqual([3]);
});
