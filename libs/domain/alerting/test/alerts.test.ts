import { describe, expect, it } from '@jest/globals';

import {
  isResolved,
  mergeAlerts,
  receiveAgain,
  takeAlert,
  type IntakeSettings,
  type PostedAlert,
} from '../src/index.ts';
import { alert, labels } from './fixtures.ts';

const NOW = 1_000_000;
const SETTINGS: IntakeSettings = { resolveTimeoutMs: 300_000, mode: 'default', dropLabels: new Set() };
const posted = (own: Partial<PostedAlert> = {}): PostedAlert => ({
  labels: labels({ alertname: 'X' }),
  annotations: new Map(),
  generatorUrl: '',
  ...own,
});

describe('taking a posted alert', () => {
  it.each([
    [{}, { startsAtMs: NOW, endsAtMs: NOW + 300_000, timeout: true }],
    [{ startsAtMs: 5 }, { startsAtMs: 5, endsAtMs: NOW + 300_000, timeout: true }],
    [{ endsAtMs: 7 }, { startsAtMs: 7, endsAtMs: 7, timeout: false }],
    [
      { startsAtMs: 5, endsAtMs: 7 },
      { startsAtMs: 5, endsAtMs: 7, timeout: false },
    ],
  ])('gives %j the times %j (A1)', (times, expected) => {
    const taken = takeAlert(posted(times), NOW, SETTINGS);
    expect(taken).toMatchObject({ ok: true, value: { ...expected, updatedAtMs: NOW } });
  });

  it('leaves out empty labels and those that are dropped, and keeps empty annotations (A2)', () => {
    const taken = takeAlert(
      posted({ labels: labels({ a: '', b: '1', replica: 'x' }), annotations: labels({ a: '' }) }),
      NOW,
      { ...SETTINGS, dropLabels: new Set(['replica']) },
    );
    expect(taken).toMatchObject({ ok: true, value: { labels: labels({ b: '1' }), annotations: labels({ a: '' }) } });
  });

  it.each([
    [posted({ startsAtMs: 9, endsAtMs: 8 }), 'start time must be before end time'],
    [posted({ startsAtMs: NOW + 400_000 }), 'start time must be before end time'],
    [posted({ labels: labels({ a: '' }) }), 'at least one label pair required'],
    [posted({ labels: labels({ '': 'b' }) }), 'invalid label set: invalid name ""'],
    [posted({ annotations: labels({ '': 'b' }) }), 'invalid annotations: invalid name ""'],
    [posted({ labels: labels({ a: '\uD800' }) }), 'invalid label set: invalid value "�"'],
  ])('refuses what upstream refuses, in its words (A3): %#', (wrong, error) => {
    expect(takeAlert(wrong, NOW, SETTINGS)).toEqual({ ok: false, error });
  });

  it('takes names beyond ASCII but in classic mode', () => {
    const wanted = posted({ labels: labels({ 'ü.x': '1' }) });
    expect(takeAlert(wanted, NOW, SETTINGS).ok).toBe(true);
    expect(takeAlert(wanted, NOW, { ...SETTINGS, mode: 'classic' })).toEqual({
      ok: false,
      error: 'invalid label set: invalid name "ü.x"',
    });
  });
});

describe('an alert that is received again', () => {
  const known = alert({ a: '1' }, { startsAtMs: 100, endsAtMs: 200, updatedAtMs: 1 });

  it.each([
    ['ends within the old one', { startsAtMs: 50, endsAtMs: 150 }, true],
    ['starts within the old one', { startsAtMs: 150, endsAtMs: 250 }, true],
    ['starts where the old one ends', { startsAtMs: 200, endsAtMs: 300 }, false],
    ['ends where the old one starts', { startsAtMs: 50, endsAtMs: 100 }, false],
    ['is the old one again', { startsAtMs: 100, endsAtMs: 200 }, false],
    ['is around the old one', { startsAtMs: 50, endsAtMs: 250 }, false],
    ['is after the old one', { startsAtMs: 300, endsAtMs: 400 }, false],
  ])('and %s becomes one with it or replaces it (A5)', (_, times, merges) => {
    const received = alert({ a: '1' }, { ...times, updatedAtMs: 2, annotations: labels({ note: 'new' }) });
    const result = receiveAgain(known, received, 10);
    expect(result.annotations).toEqual(labels({ note: 'new' }));
    expect(result).toEqual(merges ? mergeAlerts(known, received, 10) : received);
  });

  it.each([
    { older: 300, timeout: false, younger: 200, nowMs: 100, end: 300 },
    { older: 300, timeout: true, younger: 200, nowMs: 100, end: 200 },
    { older: 200, timeout: false, younger: 300, nowMs: 100, end: 300 },
    { older: 300, timeout: false, younger: 200, nowMs: 250, end: 200 },
    { older: 300, timeout: true, younger: 200, nowMs: 350, end: 300 },
    { older: 300, timeout: false, younger: 200, nowMs: 350, end: 300 },
    { older: 200, timeout: false, younger: 300, nowMs: 350, end: 300 },
  ])('has the right end of the two (A5): %j', ({ older, timeout, younger, nowMs, end }) => {
    const one = alert({ a: '1' }, { startsAtMs: 10, endsAtMs: older, updatedAtMs: 1, timeout });
    const other = alert({ a: '1' }, { startsAtMs: 20, endsAtMs: younger, updatedAtMs: 2 });
    for (const merged of [mergeAlerts(one, other, nowMs), mergeAlerts(other, one, nowMs)]) {
      expect(merged).toMatchObject({ startsAtMs: 10, endsAtMs: end, updatedAtMs: 2 });
    }
  });

  it('is resolved from its end on (A6)', () => {
    expect([199, 200, 201].map((nowMs) => isResolved(known, nowMs))).toEqual([false, true, true]);
  });
});
