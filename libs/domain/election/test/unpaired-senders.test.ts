import { describe, expect, test } from '@jest/globals';

import { MAX_UNPAIRED, UNPAIRED_SILENT_MS, UnpairedSenders, unpairedVerdict } from '../src/index.ts';

const MINUTE = 60_000;
const of = (cluster: string | null, replica: string | null = null) => ({ tenant: 't', cluster, replica });

describe('senders that lack a label', () => {
  test('V4: are written down when they are first heard, and every five minutes', () => {
    const senders = new UnpairedSenders();
    const steps = Array.from({ length: 11 }, (_, minute) => senders.heard('c', of('c'), minute * MINUTE));
    expect(steps.flatMap((step, minute) => (step === 'write' ? [minute] : []))).toEqual([0, 5, 10]);
    expect(senders.senders).toEqual([{ ...of('c'), sinceMs: 0, heardAtMs: 10 * MINUTE }]);
  });

  test('V4: are forgotten when they were not heard for long, and are new after that', () => {
    const senders = new UnpairedSenders();
    senders.heard('c', of('c'), 0);
    expect(senders.sweep(UNPAIRED_SILENT_MS - 1)).toEqual([]);
    expect(senders.sweep(UNPAIRED_SILENT_MS)).toEqual([{ ...of('c'), sinceMs: 0, heardAtMs: 0 }]);
    expect(senders.senders).toEqual([]);
    expect(senders.heard('c', of('c'), UNPAIRED_SILENT_MS)).toBe('write');
    expect(senders.get('c')?.sinceMs).toBe(UNPAIRED_SILENT_MS);
  });

  test('V4: that were written down go on as they stood', () => {
    const senders = new UnpairedSenders();
    senders.restore('c', { ...of('c'), sinceMs: 1, heardAtMs: MINUTE });
    expect(senders.heard('c', of('c'), 2 * MINUTE)).toBe('none');
    expect(senders.heard('c', of('c'), 6 * MINUTE)).toBe('write');
    expect(senders.get('c')).toEqual({ ...of('c'), sinceMs: 1, heardAtMs: 6 * MINUTE });
  });

  test('V5: are remembered up to a number', () => {
    const senders = new UnpairedSenders();
    for (let i = 0; i < MAX_UNPAIRED; i++) senders.heard(`c${i}`, of(`c${i}`), 0);
    expect(senders.heard('further', of('further'), 0)).toBe('overlooked');
    expect(senders.heard('c0', of('c0'), 0)).toBe('none');
    expect(senders.senders).toHaveLength(MAX_UNPAIRED);
  });

  test('are named by what they lack', () => {
    expect([unpairedVerdict(of('c')), unpairedVerdict(of(null, 'a'))]).toEqual([
      'replica-label-missing',
      'cluster-label-missing',
    ]);
  });
});
