import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createServer, type HttpServer } from '@tandem/server';
import { createMetrics, NO_LOGGER } from '@tandem/telemetry';
import { alertmanager34, launchAlertmanager, until, type Peer } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { apiRoutes } from '../../src/index.ts';
import { CONFIG } from './config.ts';
import { Exchange } from './exchange.ts';
import { EMPTY_REQUESTS, INTAKE_REQUESTS, TIME_REQUESTS } from './intake-requests.ts';
import { READ_REQUESTS } from './read-requests.ts';
import { type ApiRequest } from './request.ts';
import { SILENCE_REQUESTS } from './silence-requests.ts';
import { SURFACE_REQUESTS } from './surface-requests.ts';
import { TestBackend } from './test-backend.ts';

/** In this order: what is posted by some is read by others. */
const BEFORE = [...EMPTY_REQUESTS, ...INTAKE_REQUESTS];
const AFTER = [...READ_REQUESTS, ...SILENCE_REQUESTS, ...TIME_REQUESTS, ...SURFACE_REQUESTS];

const describeWithAlertmanager = await requires(alertmanager34);

describeWithAlertmanager('beside Alertmanager 0.34, the API answers alike', () => {
  let upstream: Peer;
  let server: HttpServer;
  let [theirs, ours] = [new Exchange(''), new Exchange('')];

  beforeAll(async () => {
    upstream = await launchAlertmanager({ config: CONFIG });
    server = serve();
    await server.start();
    [theirs, ours] = [new Exchange(upstream.url), new Exchange(server.url)];
  }, 120_000);

  afterAll(async () => {
    await server.stop();
    await upstream.stop();
  });

  async function expectSame(request: ApiRequest): Promise<void> {
    const [expected, answer] = [await theirs.send(request), await ours.send(request)];
    if (request.bodyDiffers === undefined) expect(answer).toEqual(expected);
    else expect({ ...answer, body: '' }).toEqual({ ...expected, body: '' });
  }

  test.each(BEFORE.map((request) => [nameOf(request), request] as const))('%s', (_name, request) =>
    expectSame(request),
  );

  test('upstream has noticed which groups are muted, which it does at their first flush', async () => {
    const muted = { method: 'GET', path: '/api/v2/alerts/groups?receiver=team-X' };
    await until(async () => (await theirs.send(muted)).body.includes('"mutedBy":["always"]'), {
      what: 'a muted group',
      timeoutMs: 30_000,
    });
    expect((await ours.send(muted)).body).toContain('"mutedBy":["always"]');
  });

  test.each(AFTER.map((request) => [nameOf(request), request] as const))('%s', (_name, request) => expectSame(request));
});

function serve(): HttpServer {
  const metrics = createMetrics({ version: '1', processMetrics: false });
  const backend = new TestBackend(CONFIG);
  backend.status = 'disabled';
  const routes = apiRoutes({
    backend,
    routePrefix: '',
    matcherMode: 'default',
    metrics,
    getConcurrency: 0,
    timeoutMs: 0,
    version: '1.0.0',
  });
  return createServer({ listenAddress: { host: '127.0.0.1', port: 0 }, routes, logger: NO_LOGGER, metrics });
}

function nameOf({ method, path, headers = {}, body = '' }: ApiRequest): string {
  const said = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [method, path, ...said, body].join(' ').slice(0, 240);
}
