import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type MatcherMode } from '@tandem/alerting';
import { createServer } from '@tandem/server';
import { createMetrics, NO_LOGGER } from '@tandem/telemetry';
import { alertmanager34, launchAlertmanager, launchAlerts, tempDir, until, type Peer } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';
import fc from 'fast-check';

import { apiRoutes } from '../../src/index.ts';
import { CONFIG } from './config.ts';
import { Exchange } from './exchange.ts';
import { anyRequest } from './fuzz-requests.ts';
import { EMPTY_REQUESTS, INTAKE_REQUESTS, TIME_REQUESTS } from './intake-requests.ts';
import { READ_REQUESTS } from './read-requests.ts';
import { type ApiRequest } from './request.ts';
import { SILENCE_REQUESTS } from './silence-requests.ts';
import { SURFACE_REQUESTS } from './surface-requests.ts';
import { TestBackend } from './test-backend.ts';

/** In this order: what is posted by some is read by others. */
const BEFORE = [...EMPTY_REQUESTS, ...INTAKE_REQUESTS];
/** What depends on the syntax of matchers. */
const MATCHERS = [...READ_REQUESTS, ...SILENCE_REQUESTS];
const AFTER = [...MATCHERS, ...TIME_REQUESTS, ...SURFACE_REQUESTS];

const describeWithAlertmanager = await requires(alertmanager34);

/** A server of ours. */
interface Subject {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** How a server of ours, and Alertmanager beside it, are set. */
interface Comparison {
  readonly start: () => Promise<Subject>;
  readonly upstreamFlags?: readonly string[];
  readonly after: readonly ApiRequest[];
}

/** Sends the same requests to both, one by one, and holds one answer against the other. */
function describeAlike(title: string, { start, upstreamFlags = [], after }: Comparison): void {
  describeWithAlertmanager(`beside Alertmanager 0.34, ${title} answers alike`, () => {
    let upstream: Peer;
    let subject: Subject;
    let [theirs, ours] = [new Exchange(''), new Exchange('')];

    beforeAll(async () => {
      upstream = await launchAlertmanager({ config: CONFIG, flags: upstreamFlags });
      subject = await start();
      [theirs, ours] = [new Exchange(upstream.url), new Exchange(subject.url)];
    }, 120_000);

    afterAll(async () => {
      await subject.stop();
      await upstream.stop();
    }, 60_000);

    async function expectSame(request: ApiRequest): Promise<void> {
      const [expected, answer] = [await theirs.send(request), await ours.send(request)];
      if (request.bodyDiffers === undefined) expect(answer).toEqual(expected);
      else expect({ ...answer, body: '' }).toEqual({ ...expected, body: '' });
    }

    test.each(named(BEFORE))('%s', (_name, request) => expectSame(request));

    test('upstream has noticed which groups are muted, which it does at their first flush', async () => {
      const muted = { method: 'GET', path: '/api/v2/alerts/groups?receiver=team-X' };
      await until(async () => (await theirs.send(muted)).body.includes('"mutedBy":["always"]'), {
        what: 'a muted group',
        timeoutMs: 30_000,
      });
      expect((await ours.send(muted)).body).toContain('"mutedBy":["always"]');
    });

    test.each(named(after))('%s', (_name, request) => expectSame(request));

    test('whatever is asked', async () => {
      await fc.assert(fc.asyncProperty(anyRequest, expectSame), { numRuns: 300 });
    });
  });
}

describeAlike('the API', { start: () => serve('default'), after: AFTER });
describeAlike('a process', { start: startProcess, after: AFTER });
describeAlike('the API in classic mode', {
  start: () => serve('classic'),
  upstreamFlags: ['--enable-feature=classic-mode'],
  after: MATCHERS,
});
describeAlike('the API in strict UTF-8 mode', {
  start: () => serve('utf8-strict'),
  upstreamFlags: ['--enable-feature=utf8-strict-mode'],
  after: MATCHERS,
});

/** The routes on the tables of the domain. */
async function serve(matcherMode: MatcherMode): Promise<Subject> {
  const metrics = createMetrics({ version: '1', processMetrics: false });
  const backend = new TestBackend(CONFIG, { matcherMode });
  const web = { routePrefix: '', getConcurrency: 0, timeoutMs: 0 };
  const routes = apiRoutes({ backend, ...web, matcherMode, metrics, version: '1.0.0' });
  const listenAddress = { host: '127.0.0.1', port: 0 };
  const server = createServer({ listenAddress, routes, logger: NO_LOGGER, metrics });
  await server.start();
  return server;
}

/** `tandem alerts` as its users run it. */
async function startProcess(): Promise<Subject> {
  const dir = tempDir('alerts-beside-upstream');
  const { url, process } = await launchAlerts({ config: CONFIG, dir: dir.path });
  const stop = async (): Promise<void> => {
    await process.stop();
    await dir.remove();
  };
  return { url, stop };
}

function named(requests: readonly ApiRequest[]): readonly (readonly [string, ApiRequest])[] {
  return requests.map((request) => [nameOf(request), request]);
}

function nameOf({ method, path, headers = {}, body = '' }: ApiRequest): string {
  const said = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [method, path, ...said, body].join(' ').slice(0, 240);
}
