import { describe, expect, test } from '@jest/globals';
import { createMetrics } from '@tandem/telemetry';
import { createMatcher, type Matcher, type Silence } from '@tandem/alerting';
import { type HttpResponse } from '@tandem/server';

import { apiRoutes, type ApiOptions } from '../../src/index.ts';
import { ask, requestOf, type Asked } from './ask.ts';
import { CONFIG } from './config.ts';
import { TestBackend } from './test-backend.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

class Api {
  readonly backend = new TestBackend(CONFIG, { clock: () => NOW });
  readonly metrics = createMetrics({ version: '1', processMetrics: false });
  readonly #options: Partial<ApiOptions>;

  constructor(options: Partial<ApiOptions> = {}) {
    this.#options = options;
  }

  readonly routes = () =>
    apiRoutes({
      backend: this.backend,
      routePrefix: '',
      matcherMode: 'default',
      metrics: this.metrics,
      getConcurrency: 0,
      timeoutMs: 0,
      version: '1.2.3',
      ...this.#options,
    });

  send(method: string, target: string, asked: Asked = {}): Promise<HttpResponse> {
    const prefix = this.#options.routePrefix ?? '';
    return ask(this.routes(), `${prefix}/api/v2/*`, requestOf(method, `${prefix}/api/v2${target}`, asked));
  }

  async read(target: string): Promise<unknown> {
    const { body = '' } = await this.send('GET', target);
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  }

  post(alerts: unknown): Promise<HttpResponse> {
    return this.send('POST', '/alerts', { body: JSON.stringify(alerts) });
  }
}

function silenceOf(id: string, matcherSets: readonly (readonly Matcher[])[]): Silence {
  const times = { startsAtMs: NOW - 1000, endsAtMs: NOW + 60_000, updatedAtMs: NOW };
  return { id, matcherSets, ...times, createdBy: 'me', comment: '', annotations: new Map() };
}

function matcher(name: string, value: string): Matcher {
  const made = createMatcher('=', name, value);
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

const WANTED = {
  matchers: [{ name: 'a', value: 'b', isRegex: false }],
  startsAt: '2026-01-01T00:00:00Z',
  endsAt: '2026-01-02T00:00:00Z',
  createdBy: 'me',
  comment: 'why',
};

describe('posted alerts', () => {
  test('that are null are refused by their place; nothing of the post is taken', async () => {
    const api = new Api();
    expect(await api.post([{ labels: { alertname: 'A' } }, null])).toMatchObject({
      status: 422,
      body: '{"code":602,"message":"1 in body is required"}',
    });
    expect(await api.read('/alerts')).toEqual([]);
  });

  test('are taken without the others of their post that are wrong, which are told of line by line (A4)', async () => {
    const api = new Api();
    const refused = await api.post([{ labels: { alertname: 'A' } }, { labels: {} }, { labels: { a: '' } }]);
    expect(refused).toMatchObject({
      status: 400,
      body: '"at least one label pair required\\nat least one label pair required"\n',
    });
    expect(await api.read('/alerts')).toMatchObject([{ labels: { alertname: 'A' } }]);
  });

  test('last for the resolve timeout where their end is Go’s zero time (A1)', async () => {
    const api = new Api();
    const zero = '0001-01-01T00:00:00Z';
    expect((await api.post([{ labels: { alertname: 'A' }, startsAt: zero, endsAt: zero }])).status).toBe(200);
    expect(await api.read('/alerts')).toMatchObject([{ startsAt: expect.stringMatching(/^2026-01-01T00:00:00/) }]);
    expect(await api.read('/alerts')).toMatchObject([{ endsAt: expect.stringMatching(/^2026-01-01T00:05:00/) }]);
  });

  test('that are ten thousand are taken at once', async () => {
    const api = new Api();
    const alerts = Array.from({ length: 10_000 }, (_, index) => ({ labels: { alertname: 'A', index: String(index) } }));
    expect((await api.post(alerts)).status).toBe(200);
    expect(await api.read('/alerts')).toHaveLength(10_000);
    expect(await api.read('/alerts/groups')).toMatchObject([{ labels: { alertname: 'A' } }]);
  });
});

describe('silences', () => {
  test('whose matchers are null are refused by their place', async () => {
    const answer = await new Api().send('POST', '/silences', { body: JSON.stringify({ ...WANTED, matchers: [null] }) });
    expect(answer).toMatchObject({ status: 422, body: '{"code":602,"message":"matchers.0 in body is required"}' });
  });

  test('whose ID has escapes that are no UTF-8 are refused, as every ID that is no UUID', async () => {
    const { status, body } = await new Api().send('GET', '/silence/%ff');
    expect(status).toBe(422);
    expect(JSON.parse(String(body))).toMatchObject({ code: 601 });
    await expect(new Api().send('GET', '/silence/%zz')).resolves.toMatchObject({ status: 400 });
  });

  test('are neither set nor ended while the log is away: 503 with the reason', async () => {
    const api = new Api();
    const id = '3c1e7d4a-5a0b-4a44-8a4e-000000000000';
    api.backend.addSilence(silenceOf(id, [[matcher('a', 'b')]]));
    api.backend.logAway = true;
    const set = await api.send('POST', '/silences', { body: JSON.stringify(WANTED) });
    expect(set).toMatchObject({ status: 503, body: '"the log is away"\n' });
    expect((await api.send('DELETE', `/silence/${id}`)).status).toBe(503);
    expect(await api.read(`/silence/${id}`)).toMatchObject({ status: { state: 'active' } });
  });

  test('of several sets of matchers have no form in this version of the API: 500 with their name', async () => {
    const api = new Api();
    const id = '3c1e7d4a-5a0b-4a44-8a4e-000000000001';
    api.backend.addSilence(silenceOf(id, [[matcher('a', 'b')], [matcher('c', 'd')]]));
    expect(await api.send('GET', `/silence/${id}`)).toMatchObject({ status: 500, body: expect.stringContaining(id) });
    expect(await api.send('GET', '/silences')).toMatchObject({ status: 500, body: expect.stringContaining(id) });
  });
});

describe('filters', () => {
  test.each([
    ['classic', 'ünï=x', 400],
    ['classic', '{alertname=x}', 400],
    ['default', 'ünï=x', 200],
    ['default', 'alertname=[x', 200],
    ['utf8-strict', 'ünï=x', 200],
    ['utf8-strict', 'alertname=a{', 400],
  ] as const)('of mode %s: %s gives %i', async (matcherMode, filter, status) => {
    const api = new Api({ matcherMode });
    expect((await api.send('GET', `/alerts?filter=${encodeURIComponent(filter)}`)).status).toBe(status);
  });
});

describe('what clients rely on', () => {
  test('amtool: every member of versionInfo, and of cluster', async () => {
    expect(await new Api().read('/status')).toEqual({
      cluster: { name: 'one', peers: [{ name: 'one', address: '127.0.0.1:9094' }], status: 'ready' },
      config: { original: expect.stringContaining('route:\n  receiver: default\n') },
      uptime: '2023-11-14T22:13:20.000Z',
      versionInfo: {
        branch: 'tandem',
        buildDate: '',
        buildUser: '',
        goVersion: `node ${process.version}`,
        revision: 'tandem 1.2.3',
        version: '0.34.0',
      },
    });
  });

  test('Karma: a version of 0.22 or later, all groups, and silences by ID', async () => {
    const api = new Api();
    await api.post([{ labels: { alertname: 'A', team: 'X' } }]);
    const { silenceID } = JSON.parse(
      String((await api.send('POST', '/silences', { body: JSON.stringify(WANTED) })).body),
    ) as { silenceID: string };
    expect(await api.read('/silences')).toMatchObject([{ id: silenceID, status: { state: 'active' } }]);
    expect(await api.read('/alerts/groups')).toMatchObject(
      [
        {
          receiver: { name: 'team-X' },
          labels: { alertname: 'A', team: 'X' },
          alerts: [{ status: { state: 'suppressed' } }],
        },
        { receiver: { name: 'team-Y' }, labels: {}, alerts: [{ receivers: [{ name: 'team-X' }, { name: 'team-Y' }] }] },
      ].toSorted((a, b) => Object.keys(a.labels).length - Object.keys(b.labels).length),
    );
  });

  test('Grafana: 200 from status, and not also below /alertmanager, which would make it a Mimir', async () => {
    const api = new Api();
    expect((await api.send('GET', '/status')).status).toBe(200);
    const mimir = requestOf('GET', '/alertmanager/api/v2/status');
    expect((await ask(api.routes(), '/*', mimir)).status).toBe(404);
  });

  test('prometheus-operator: healthy and ready while the log is read still', async () => {
    const api = new Api();
    api.backend.status = 'settling';
    expect(await ask(api.routes(), '/-/ready', requestOf('GET', '/-/ready'))).toEqual({ status: 200, body: 'OK' });
    expect(await api.read('/status')).toMatchObject({ cluster: { status: 'settling' } });
  });
});

describe('with a route prefix', () => {
  const api = new Api({ routePrefix: '/am/x' });

  test('the API is below it, and names paths without it', async () => {
    expect((await api.send('GET', '/status')).status).toBe(200);
    const { body } = await api.send('GET', '/nope');
    expect(body).toBe('{"code":404,"message":"path /api/v2/nope was not found"}');
  });

  test('everything else is sent to it', async () => {
    const location = async (path: string): Promise<unknown> => {
      const { status, headers } = await ask(api.routes(), path, requestOf('GET', path));
      return [status, headers?.['location']];
    };
    expect(await location('/')).toEqual([302, '/am/x']);
    expect(await location('/am/x')).toEqual([301, '/am/x/']);
    expect(await location('/am/x/api/v2')).toEqual([307, '/am/x/api/v2/']);
  });
});

describe('limits', () => {
  test('GET requests beyond those allowed at once are answered 503, and counted; others are not limited', async () => {
    const api = new Api({ getConcurrency: 1 });
    const routes = api.routes();
    const status = (): Promise<HttpResponse> => ask(routes, '/api/v2/*', requestOf('GET', '/api/v2/alerts'));
    const [first, second, posted] = await Promise.all([
      status(),
      status(),
      ask(routes, '/api/v2/*', requestOf('POST', '/api/v2/alerts', { body: '[]' })),
    ]);
    expect([first.status, second.status, posted.status]).toEqual([200, 503, 200]);
    expect(second.body).toBe('Limit of concurrent GET requests reached (1), try again later.\n\n');
    expect(await api.metrics.render()).toContain('alertmanager_http_concurrency_limit_exceeded_total{method="get"} 1');
    expect((await status()).status).toBe(200);
  });

  test.each([
    [10, '10ms'],
    [1500, '1.5s'],
  ])('an answer that takes longer than %i ms is 503', async (timeoutMs, said) => {
    const api = new Api({ timeoutMs });
    const late = new Promise<never>(() => undefined);
    api.backend.putAlerts = () => late;
    expect(await api.post([{ labels: { a: 'b' } }])).toMatchObject({
      status: 503,
      body: `Exceeded configured timeout of ${said}.\n`,
    });
  });

  test('requests are measured by template, method and status, and unknown paths are one', async () => {
    const api = new Api();
    const routes = api.routes();
    for (const path of ['/api/v2/silence/a', '/api/v2/silence/b', '/api/v2/no', '/api/v2/way']) {
      await ask(routes, '/api/v2/*', requestOf('GET', path));
    }
    const metrics = await api.metrics.render();
    const counted = (handler: string, code: number): string =>
      `alertmanager_http_request_duration_seconds_count{handler="${handler}",method="get",code="${code}"} 2`;
    expect(metrics).toContain(counted('/api/v2/silence/{silenceID}', 422));
    expect(metrics).toContain(counted('other', 404));
  });
});
