import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { LeaseStoreError } from '@tandem/election';
import { tempDir } from '@tandem/testing';
import { open } from 'lmdb';
import { openEmbeddedLeaseStore } from '../src/index.ts';

const dir = tempDir('leases');
afterAll(() => dir.remove());
const claim = { cluster: 't/eu', replica: 'a', epoch: 4, owner: 'x', electedAtMs: 1, receivedAtMs: 2 };

test('leases outlive the store that wrote them', async () => {
  const path = join(dir.path, 'deep', 'leases');
  const first = await openEmbeddedLeaseStore({ path });
  await first.acquire(claim, 60_000);
  await first.close();
  const second = await openEmbeddedLeaseStore({ path });
  await expect(second.list()).resolves.toMatchObject([claim]);
  await second.close();
});

test('a store that is being closed does not disturb one that is opened', async () => {
  const path = join(dir.path, 'reopened');
  const first = await openEmbeddedLeaseStore({ path });
  const writing = first.acquire(claim, 60_000);
  const closing = first.close();
  const second = await openEmbeddedLeaseStore({ path });
  await closing;
  await expect(writing).resolves.toMatchObject({ outcome: 'granted' });
  await expect(second.list()).resolves.toHaveLength(1);
  await second.close();
});

test('a folder that cannot be made is a clear error', async () => {
  const file = join(dir.path, 'file');
  writeFileSync(file, '');
  const opening = openEmbeddedLeaseStore({ path: join(file, 'leases') });
  await expect(opening).rejects.toThrow(LeaseStoreError);
  await expect(openEmbeddedLeaseStore({ path: join(file, 'leases') })).rejects.toThrow(/^cannot open the leases in /);
});

test('leases of a newer version are left alone', async () => {
  const path = join(dir.path, 'newer');
  mkdirSync(path);
  const root = open<Buffer, Buffer>({ path, encoding: 'binary', keyEncoding: 'binary', noSubdir: false, maxDbs: 4 });
  const meta = root.openDB<Buffer, Buffer>({ name: 'meta', encoding: 'binary', keyEncoding: 'binary' });
  meta.putSync(Buffer.from('format'), Buffer.from([0, 0, 0, 9]));
  await root.close();
  await expect(openEmbeddedLeaseStore({ path })).rejects.toThrow('they have format 9, this version knows up to 1');
});

test('a lease nobody can read counts as none', async () => {
  const path = join(dir.path, 'damaged');
  const store = await openEmbeddedLeaseStore({ path });
  await store.acquire(claim, 60_000);
  await store.close();
  const root = open<Buffer, Buffer>({ path, encoding: 'binary', keyEncoding: 'binary', noSubdir: false, maxDbs: 4 });
  const leases = root.openDB<Buffer, Buffer>({ name: 'leases', encoding: 'binary', keyEncoding: 'binary' });
  leases.putSync(Buffer.from('t/eu'), Buffer.from('{"epoch":"four"'));
  await root.close();
  const again = await openEmbeddedLeaseStore({ path });
  await expect(again.list()).resolves.toEqual([]);
  await expect(again.acquire({ ...claim, epoch: 1 }, 1000)).resolves.toMatchObject({ outcome: 'granted' });
  await again.close();
});
