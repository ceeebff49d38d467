import { describe, expect, it } from '@jest/globals';

import { formatGoTime } from '../src/go/time.ts';
import { standardPayload } from '../src/webhook/standard-payload.ts';
import { flushedAlert, notification } from './fixtures.ts';

const ALL = { externalUrl: 'http://ext.example/am?a=<b>&c', maxAlerts: 0 };

function payload(...args: Parameters<typeof standardPayload>): Record<string, unknown> {
  return JSON.parse(standardPayload(...args)) as Record<string, unknown>;
}

describe('the payload of a webhook', () => {
  it('is what Alertmanager 0.34 sends, byte for byte', () => {
    const alerts = [
      flushedAlert({ alertname: 'A', i: '2' }, { resolved: true, endsAtMs: Date.UTC(2026, 10, 22, 1, 30, 0, 500) }),
      flushedAlert(
        { alertname: 'A', html: '<&>\u2028 é \u0001 "q" \\ 😀', i: '1' },
        {
          annotations: new Map(Object.entries({ s: 'x', e: '' })),
          startsAtMs: Date.UTC(2026, 10, 22, 1, 0, 0, 120),
          generatorUrl: 'http://p/graph?g0.expr=a<b&x=1',
        },
      ),
    ];
    const target = { groupKey: '{}:{alertname="A"}', receiver: 'team-a.b+c', integration: 'webhook', index: 0 };
    const routeLabels = new Map(Object.entries({ zed: 'A', team: 'a<b>' }));
    expect(standardPayload(notification({ alerts, target, routeLabels, reason: 'new alerts added' }), ALL)).toBe(
      String.raw`{"receiver":"team-a\\.b\\+c","status":"firing","alerts":[{"status":"resolved","labels":{"alertname":"A","i":"2"},"annotations":{},"startsAt":"2026-11-22T01:00:00Z","endsAt":"2026-11-22T01:30:00.5Z","generatorURL":"","fingerprint":"caa6ffbd9ccb1ac8"},{"status":"firing","labels":{"alertname":"A","html":"\u003c\u0026\u003e\u2028 é \u0001 \"q\" \\ 😀","i":"1"},"annotations":{"e":"","s":"x"},"startsAt":"2026-11-22T01:00:00.12Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://p/graph?g0.expr=a\u003cb\u0026x=1","fingerprint":"${alerts[1]?.fingerprint ?? ''}"}],"notification_reason":"new alerts added","groupLabels":{"alertname":"A"},"commonLabels":{"alertname":"A"},"commonAnnotations":{},"routeLabels":{"team":"a\u003cb\u003e","zed":"A"},"externalURL":"http://ext.example/am?a=\u003cb\u003e\u0026c","version":"4","groupKey":"{}:{alertname=\"A\"}","truncatedAlerts":0}` +
        '\n',
    );
  });

  it('leaves out the alerts behind the first max_alerts and is about those that are left', () => {
    const alerts = [
      flushedAlert({ alertname: 'A', i: '1', shared: 'x' }, { resolved: true }),
      flushedAlert({ alertname: 'A', i: '2', shared: 'x' }, { resolved: true }),
      flushedAlert({ alertname: 'A', i: '3' }),
    ];
    const sent = payload(notification({ alerts }), { ...ALL, maxAlerts: 2 });
    expect(sent).toMatchObject({
      status: 'resolved',
      truncatedAlerts: 1,
      commonLabels: { alertname: 'A', shared: 'x' },
    });
    expect(sent['alerts']).toHaveLength(2);
    expect(payload(notification({ alerts }), { ...ALL, maxAlerts: 3 })).toMatchObject({ truncatedAlerts: 0 });
  });

  it('takes an empty annotation of the first alert for common where the others have none', () => {
    const first = flushedAlert({ i: '1' }, { annotations: new Map([['e', '']]) });
    const second = flushedAlert({ i: '2' });
    expect(payload(notification({ alerts: [first, second] }), ALL)['commonAnnotations']).toEqual({ e: '' });
    expect(payload(notification({ alerts: [second, first] }), ALL)['commonAnnotations']).toEqual({});
  });

  it('sorts labels by their bytes, whatever they look like', () => {
    const labels = { b: '1', '10': '2', '9': '3', '\u{10000}': '4', '\uffee': '5', B: '6' };
    const json = standardPayload(notification({ alerts: [flushedAlert(labels)] }), ALL);
    expect(json).toContain('"labels":{"10":"2","9":"3","B":"6","b":"1","\uffee":"5","\u{10000}":"4"}');
  });
});

describe('times', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [1, '1970-01-01T00:00:00.001Z'],
    [120, '1970-01-01T00:00:00.12Z'],
    [600_000, '1970-01-01T00:10:00Z'],
  ])('%d ms are %s: no zeros at the end of a fraction', (ms, text) => {
    expect(formatGoTime(ms)).toBe(text);
  });
});
