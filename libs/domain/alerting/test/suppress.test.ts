import { describe, expect, it } from '@jest/globals';

import {
  DEFAULT_ROUTE_OPTIONS,
  fingerprint,
  Inhibitor,
  parseTimeRange,
  SilenceTable,
  suppress,
  TimeIntervals,
  type FlushedAlert,
  type Suppressors,
} from '../src/index.ts';
import { alert, labels, matcher } from './fixtures.ts';

const flushed = (pairs: Readonly<Record<string, string>>): FlushedAlert => ({
  ...alert(pairs),
  fingerprint: fingerprint(labels(pairs)),
  resolved: false,
});
const nights = (): TimeIntervals => {
  const range = parseTimeRange('00:00', '06:00');
  if (!range.ok) throw new Error(range.error);
  return new TimeIntervals([{ name: 'nights', intervals: [{ times: [range.value] }] }]);
};
const suppressors = (): Suppressors => {
  const inhibitor = new Inhibitor([
    { name: '', source: [matcher('=', 's', '1')], target: [matcher('=', 't', '1')], equal: [] },
  ]);
  inhibitor.put('source', alert({ s: '1' }));
  const silences = new SilenceTable();
  silences.put({
    id: 'quiet',
    matcherSets: [[matcher('=', 'quiet', 'yes')]],
    startsAtMs: 0,
    endsAtMs: 1000,
    updatedAtMs: 0,
    createdBy: '',
    comment: '',
    annotations: new Map(),
  });
  return { inhibitor, silences, times: nights() };
};
const HOUR = 3_600_000;
const alerts = [flushed({ t: '1' }), flushed({ quiet: 'yes' }), flushed({ a: '1' })];

describe('what a flush leaves out (P1)', () => {
  it('is what is inhibited and silenced now', () => {
    const {
      alerts: left,
      inhibited,
      silenced,
      muted,
    } = suppress(alerts, DEFAULT_ROUTE_OPTIONS, { tickMs: 12 * HOUR, nowMs: 500 }, suppressors());
    expect(left).toEqual([alerts[2]]);
    expect(inhibited).toMatchObject([{ alert: alerts[0], by: { source: 'source' } }]);
    expect(silenced).toEqual([{ alert: alerts[1], ids: ['quiet'] }]);
    expect(muted).toEqual([]);
  });

  it('is everything else, when the route is muted at the tick', () => {
    const route = { ...DEFAULT_ROUTE_OPTIONS, muteTimeIntervals: ['nights'] };
    const result = suppress(alerts, route, { tickMs: HOUR, nowMs: 500 }, suppressors());
    expect(result).toMatchObject({ alerts: [], silenced: [], mutedBy: { reason: 'mute-time', names: ['nights'] } });
    expect(result.muted).toEqual(alerts.slice(1));
    expect(suppress(alerts, route, { tickMs: 7 * HOUR, nowMs: 500 }, suppressors()).mutedBy).toBeUndefined();
  });

  it('is nothing else, when nothing is left to be muted', () => {
    const route = { ...DEFAULT_ROUTE_OPTIONS, muteTimeIntervals: ['nights'] };
    const result = suppress(alerts.slice(0, 1), route, { tickMs: HOUR, nowMs: 500 }, suppressors());
    expect(result.mutedBy).toBeUndefined();
  });
});
