import { describe, expect, it } from '@jest/globals';

import { fingerprint, Inhibitor, type Alert, type InhibitRule } from '../src/index.ts';
import { alert, labels, matcher } from './fixtures.ts';

const rule = (own: Partial<InhibitRule> = {}): InhibitRule => ({
  name: '',
  source: [matcher('=', 's', '1')],
  target: [matcher('=', 't', '1')],
  equal: ['e'],
  ...own,
});
const inhibitor = (rules: readonly InhibitRule[], ...sources: readonly Alert[]): Inhibitor => {
  const made = new Inhibitor(rules);
  for (const source of sources) made.put(fingerprint(source.labels), source);
  return made;
};

describe('inhibition', () => {
  it.each([
    [{ s: '1', e: '1' }, { t: '1', e: '1' }, true],
    [{ s: '1', e: '1' }, { t: '1', e: '2' }, false],
    [{ s: '1', e: '1' }, { t: '1' }, false],
    [{ s: '1' }, { t: '1' }, true],
    [{ s: '1', e: '1' }, { t: '2', e: '1' }, false],
    [{ s: '2', e: '1' }, { t: '1', e: '1' }, false],
    [{ s: '1', t: '1', e: '1' }, { t: '1', e: '1' }, true],
    [{ s: '1', t: '1', e: '1' }, { s: '1', t: '1', e: '1', x: '1' }, false],
    [{ s: '1', e: '1' }, { s: '1', t: '1', e: '1' }, true],
  ])('by a source %j keeps %j back: %s (H1, H2)', (source, target, kept) => {
    const by = inhibitor([rule()], alert(source)).inhibitedBy(labels(target), 100_000);
    expect(by?.source).toBe(kept ? fingerprint(labels(source)) : undefined);
  });

  it('is over when the source is resolved', () => {
    const made = inhibitor([rule()], alert({ s: '1' }, { endsAtMs: 200_000 }));
    expect(made.inhibitedBy(labels({ t: '1' }), 199_999)).toBeDefined();
    expect(made.inhibitedBy(labels({ t: '1' }), 200_000)).toBeUndefined();
  });

  it('goes on by another source when one is resolved or gone (H4)', () => {
    const [one, other] = [alert({ s: '1', n: '1' }, { endsAtMs: 200_000 }), alert({ s: '1', n: '2' })];
    const made = inhibitor([rule()], one, other);
    expect(made.inhibitedBy(labels({ t: '1' }), 300_000)?.source).toBe(fingerprint(other.labels));
    made.delete(fingerprint(other.labels), other.labels);
    expect(made.inhibitedBy(labels({ t: '1' }), 100_000)?.source).toBe(fingerprint(one.labels));
    made.delete(fingerprint(one.labels), one.labels);
    expect(made.inhibitedBy(labels({ t: '1' }), 100_000)).toBeUndefined();
  });

  it('tells apart values that look alike when they are written one after another', () => {
    const made = inhibitor([rule({ equal: ['e', 'f'] })], alert({ s: '1', e: 'a', f: 'b' }));
    expect(made.inhibitedBy(labels({ t: '1', e: 'ab', f: '' }), 0)).toBeUndefined();
  });

  it('asks no more of many alerts that are on both sides than of few', () => {
    let asked = 0;
    const counted = { ...matcher('=~', 's', '.+'), matches: () => (asked += 1) > 0 };
    const alerts = Array.from({ length: 500 }, (_, n) => alert({ s: String(n) }));
    const made = inhibitor([rule({ source: [counted], target: [counted], equal: [] })], ...alerts);
    asked = 0;
    for (const one of alerts) expect(made.inhibitedBy(one.labels, 100_000)).toBeUndefined();
    expect(asked).toBeLessThanOrEqual(2 * alerts.length);
  });

  it('takes a rule without matchers for one that every alert is on both sides of: nothing is kept back', () => {
    const made = inhibitor([rule({ source: [], target: [], equal: [] })], alert({ a: '1' }));
    expect(made.inhibitedBy(labels({ b: '1' }), 0)).toBeUndefined();
  });

  it('names the rule that keeps an alert back, the first of them', () => {
    const rules = [rule({ name: 'first', source: [matcher('=', 's', '9')] }), rule({ name: 'second' }), rule()];
    expect(inhibitor(rules, alert({ s: '1' })).inhibitedBy(labels({ t: '1' }), 0)?.rule.name).toBe('second');
  });
});
