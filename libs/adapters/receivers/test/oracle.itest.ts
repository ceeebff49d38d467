import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { alertmanager34, launchAlertmanager, until, type Peer } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { createIntegrations } from '../src/index.ts';
import { configOf, flushedAlert } from './fixtures.ts';
import { Receiver } from './receiver.ts';

const describeWith = await requires(alertmanager34);

const EXTERNAL_URL = 'http://ext.example/am?a=<b>&c';
const STARTS_AT_MS = Date.UTC(2026, 10, 22, 1, 0, 0, 120);
const RESOLVED_AT_MS = Date.UTC(2026, 10, 22, 1, 30, 0, 500);
const FIRES_UNTIL_MS = Date.UTC(2036, 0, 1);

const ALERTS = [
  { labels: { alertname: 'A', i: '3', job: 'b' }, annotations: {}, endsAtMs: FIRES_UNTIL_MS },
  { labels: { alertname: 'A', i: '2', job: 'a' }, annotations: { e: '', s: 'x' }, endsAtMs: RESOLVED_AT_MS },
  {
    labels: {
      alertname: 'A',
      i: '1',
      job: 'a',
      html: '<&>\u2028\u2029 é \u0001\u007f\b\f "q" \\ 😀',
      '10': 'x',
      '9': 'y',
    },
    annotations: { s: 'x', note: 'a\tb\nc' },
    endsAtMs: FIRES_UNTIL_MS,
  },
];

let receiver: Receiver;
let upstream: Peer;
let config: string;

beforeAll(async () => {
  receiver = await Receiver.listen();
  config = `
route: {receiver: 'team-a.b+c', group_by: [alertname], group_wait: 2s, group_interval: 5m, labels: {team: 'a<b>', area: x}}
receivers:
- name: team-a.b+c
  webhook_configs:
  - {url: '${receiver.url('/all')}'}
  - {url: '${receiver.url('/first')}', max_alerts: 2}
  - {url: '${receiver.url('/firing')}', send_resolved: false}
  - {url: '${receiver.url('/payload')}', payload: {a: '5', b: [yes, 'k: v'], c: 'plain <x>'}}
`;
  upstream = await launchAlertmanager({
    config,
    flags: [`--web.external-url=${EXTERNAL_URL}`, '--web.route-prefix=/'],
  });
}, 120_000);

afterAll(async () => {
  await upstream.stop();
  await receiver.close();
});

/** What each path was sent: bodies, and headers but those of the connection. */
function told(): ReadonlyMap<string | undefined, Told> {
  return new Map(
    receiver.received.map(({ url, body, headers }) => [
      url,
      { body, agent: headers['user-agent'], type: headers['content-type'] },
    ]),
  );
}

interface Told {
  readonly body: string;
  readonly agent: string | undefined;
  readonly type: string | undefined;
}

async function byUpstream(): Promise<void> {
  // Firing ones begin now: those that began longer ago than group_wait are flushed before the others have come.
  const posted = ALERTS.map(({ labels, annotations, endsAtMs }) => ({
    labels,
    annotations,
    startsAt: new Date(STARTS_AT_MS).toISOString(),
    endsAt: new Date(endsAtMs).toISOString(),
    generatorURL: 'http://p/graph?g0.expr=a<b&x=1',
  }));
  const newest = {
    labels: { alertname: 'A', first: 'yes' },
    startsAt: new Date().toISOString(),
    endsAt: new Date(FIRES_UNTIL_MS).toISOString(),
  };
  for (const body of [[newest], posted]) {
    const answer = await fetch(`${upstream.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
  }
  await until(() => told().size === 4, { what: 'all four webhooks to be told', timeoutMs: 60_000 });
}

/** The same group, in the order that upstream has sent it in. */
async function byOurs(): Promise<void> {
  const sent = JSON.parse(receiver.last('/all').body) as {
    readonly alerts: readonly Sent[];
    readonly groupKey: string;
  };
  const alerts = sent.alerts.map(({ labels, annotations, startsAt, generatorURL, status, endsAt }) => {
    const resolved = status === 'resolved';
    return flushedAlert(labels, {
      annotations: new Map(Object.entries(annotations)),
      startsAtMs: Date.parse(startsAt),
      generatorUrl: generatorURL,
      resolved,
      endsAtMs: resolved ? Date.parse(endsAt) : FIRES_UNTIL_MS,
    });
  });
  receiver.received.length = 0;
  const options = { externalUrl: EXTERNAL_URL, version: '0.34.0', environment: {} };
  const integrations = createIntegrations(configOf(config), options);
  const all = integrations.byReceiver.get('team-a.b+c') ?? [];
  for (const integration of all) {
    const { groupKey } = sent;
    const outcome = await integration.send(
      {
        target: { groupKey, receiver: 'team-a.b+c', integration: 'webhook', index: integration.index },
        groupLabels: new Map([['alertname', 'A']]),
        routeLabels: new Map(Object.entries({ team: 'a<b>', area: 'x' })),
        reason: 'first notification',
        alerts: integration.sendResolved ? alerts : alerts.filter(({ resolved }) => !resolved),
        receiverData: new Map(),
      },
      AbortSignal.timeout(30_000),
    );
    expect(outcome).toEqual({ outcome: 'sent', answer: '200 OK' });
  }
  await integrations.close();
}

interface Sent {
  readonly status: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

/** Ours are to the millisecond: of the times upstream was given none is finer, but that of the newest alert is not ours. */
describeWith('a webhook', () => {
  it('is told by ours what Alertmanager 0.34 tells it, byte for byte', async () => {
    await byUpstream();
    const theirs = told();
    expect(JSON.parse(theirs.get('/all')?.body ?? '{}')).toMatchObject({ alerts: { length: 4 } });
    await byOurs();
    expect(told()).toEqual(theirs);
  }, 120_000);
});
