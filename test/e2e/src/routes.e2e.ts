import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DocumentedRoute, HTTP_ROUTES } from '@tandem/tandem';
import { launchTandem, type TandemPeer } from '@tandem/testing';

/** The processes, and the services in each. */
const PROCESSES = [
  { command: 'up', services: ['ingest', 'dedup', 'forward'] },
  { command: 'ingest', services: ['ingest'] },
  { command: 'dedup', services: ['dedup'] },
  { command: 'forward', services: ['forward'] },
];
/** What others answer, or Tandem will one day, or nobody should. */
const ELSEWHERE = [
  '/',
  '/api/v1/query',
  '/api/v1/write/',
  '/api/v1/receive',
  '/api/v2/alerts',
  '/debug/pprof',
  '/federate',
  '/report',
  '/-/quit',
  '/..%2f..%2fetc%2fpasswd',
  '/__proto__',
];

describe.each(PROCESSES)('tandem $command', ({ command, services }) => {
  let tandem: TandemPeer;
  beforeAll(async () => {
    tandem = await launchTandem({ command, config: '' });
  }, 60_000);
  afterAll(() => tandem.stop(), 30_000);

  const answers = ({ by }: DocumentedRoute): boolean => by === 'all' || services.includes(by);
  const statusOf = async (method: string, path: string): Promise<number> => {
    const response = await fetch(tandem.url + path, { method });
    await response.arrayBuffer();
    return response.status;
  };

  test.each(HTTP_ROUTES.filter(answers))('answers $method $path', async ({ method, path }) => {
    // A post without a body is an answer too, and not 404; reading the configuration again has to be switched on.
    const toPost = path === '/-/reload' ? 403 : 400;
    expect(await statusOf(method, path)).toBe(method === 'GET' ? 200 : toPost);
    expect(await statusOf(method === 'GET' ? 'POST' : 'GET', path)).toBe(405);
  });

  test('answers nothing else', async () => {
    for (const { method, path } of HTTP_ROUTES.filter((route) => !answers(route))) {
      expect({ path, status: await statusOf(method, path) }).toEqual({ path, status: 404 });
    }
    for (const path of ELSEWHERE) {
      for (const method of ['GET', 'POST']) {
        expect({ path, status: await statusOf(method, path) }).toEqual({ path, status: 404 });
      }
    }
  });

  test('its metrics are Prometheus’ text, and name the version', async () => {
    const response = await fetch(`${tandem.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toMatch(/^tandem_build_info\{.*version="\d+\.\d+\.\d+".*\} 1$/m);
    for (const service of ['ingest', 'dedup', 'forward']) {
      expect(text.includes(`# HELP tandem_${service}_`)).toBe(services.includes(service));
    }
  });
});
