import { describe, expect, it } from '@jest/globals';

import { decodeDecisionOutline, notificationDecisionRecord, type NotificationDecision } from '../src/index.ts';

const alert = (n: number): NotificationDecision['alerts'][number] => ({
  fingerprint: String(n),
  labels: { alertname: 'Down', n: String(n) },
  resolved: n % 2 === 0,
  silencedBy: ['s'],
  inhibitedBy: n % 2 === 0 ? null : 'ff',
  inhibitRule: null,
});

const DECISION: NotificationDecision = {
  cluster: 'main',
  instance: 'a',
  writer: 'a-1',
  sequence: 7,
  tickMs: 1,
  beganAtMs: 2,
  decidedAtMs: 3,
  position: null,
  waitedMs: 4,
  groupKey: '{}:{}',
  groupLabels: { alertname: 'Down' },
  receiver: 'team',
  integration: null,
  index: null,
  outcome: 'suppressed',
  reason: 'silenced',
  detail: '',
  groupIntervalMs: 5,
  repeatIntervalMs: 6,
  lastToldAtMs: 8,
  claimHolder: 'a',
  failOpen: true,
  attempts: 1,
  answers: [{ attempt: 1, atMs: 1, durationMs: 2, outcome: 'sent', reason: '', message: '200 OK' }],
  firing: 1,
  resolved: 2,
  suppressed: 3,
  alerts: [alert(1), alert(2)],
  alertsCut: 9,
  mutedBy: ['nights'],
  repeats: 10,
  lastRepeatMs: 11,
};

const OUTLINE = {
  cluster: 'main',
  instance: 'a',
  writer: 'a-1',
  sequence: 7,
  decidedAtMs: 3,
  groupKey: '{}:{}',
  receiver: 'team',
  outcome: 'suppressed',
  alerts: [{ fingerprint: '1' }, { fingerprint: '2' }],
};

describe('the outline of a decision', () => {
  it('is what the whole says, without most of it', () => {
    const decoded = decodeDecisionOutline(notificationDecisionRecord.encode(DECISION));
    expect(decoded).toEqual({ ok: true, value: OUTLINE });
  });

  it('is read of a later version that has appended something', () => {
    const { value, headers } = notificationDecisionRecord.encode(DECISION);
    const later = new Uint8Array([...value, 1, 2, 3]);
    later.set([1, 2, 3, 4, 5, 6, 7, 8], 2);
    const decoded = decodeDecisionOutline({ value: later, headers: { ...headers, version: '2' } });
    expect(decoded).toMatchObject({ ok: true, value: OUTLINE });
  });

  it('is refused where the record is', () => {
    const { value, headers } = notificationDecisionRecord.encode(DECISION);
    expect(decodeDecisionOutline({ value: value.subarray(0, 40), headers })).toMatchObject({ ok: false });
    expect(decodeDecisionOutline({ value, headers: {} })).toMatchObject({ ok: false });
    expect(decodeDecisionOutline({ value: null, headers })).toMatchObject({ ok: false });
  });
});
