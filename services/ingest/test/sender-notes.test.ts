import { describe, expect, test } from '@jest/globals';
import { senderRecord, tenantKey } from '@tandem/records';
import { type Identity } from '@tandem/remote-write';
import { partitionOf } from '@tandem/stream';

import { SenderNotes } from '../src/sender-notes.ts';

const SETTINGS = { topic: 'samples', partitions: 4 };
const of = (cluster?: string, replica?: string): Identity => ({ kind: 'uniform', cluster, replica });

describe('what the log is told of senders that lack a label', () => {
  test('V3: which label it is, under the key of the tenant', () => {
    const note = new SenderNotes().noteOf(of('c'), { tenant: 't', nowMs: 5 }, SETTINGS);
    const key = tenantKey('t');
    expect(note).toMatchObject({ topic: 'samples', key, partition: partitionOf(key, 4) });
    expect(senderRecord.decode({ value: note?.value ?? null, headers: note?.headers ?? {} })).toEqual({
      ok: true,
      value: { tenant: 't', cluster: 'c', replica: null, sinceMs: 5, heardAtMs: 5 },
    });
  });

  test('nothing of senders with both, with none, or of several', () => {
    const notes = new SenderNotes();
    for (const identity of [of('c', 'a'), of(), { kind: 'mixed' } as const, of('c'.repeat(3000))]) {
      expect(notes.noteOf(identity, { tenant: 't', nowMs: 0 }, SETTINGS)).toBeUndefined();
    }
  });

  test('once a minute for each, also when the clock is set back', () => {
    const notes = new SenderNotes();
    const isTold = (tenant: string, nowMs: number): boolean =>
      notes.noteOf(of(undefined, 'a'), { tenant, nowMs }, SETTINGS) !== undefined;
    expect([isTold('t', 0), isTold('t', 59_999), isTold('u', 59_999), isTold('t', 60_000)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect([isTold('t', 10), isTold('t', 20)]).toEqual([true, false]);
  });

  test('more senders than are remembered are told of more often', () => {
    const notes = new SenderNotes();
    const isTold = (i: number): boolean => notes.noteOf(of(`c${i}`), { tenant: 't', nowMs: 0 }, SETTINGS) !== undefined;
    for (let i = 0; i <= 1024; i++) expect(isTold(i)).toBe(true);
    expect([isTold(1024), isTold(0)]).toEqual([false, true]);
  });
});
