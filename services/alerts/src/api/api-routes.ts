import { type MatcherMode } from '@tandem/alerting';
import { type Handler, type HttpRequest, type Route } from '@tandem/server';
import { type Metrics } from '@tandem/telemetry';

import { HTTP_METRICS } from '../metrics/http.ts';
import { API_PATH, ApiV2 } from './api-v2.ts';
import { type ApiBackend } from './backend.ts';
import { renderVersionInfo } from './cluster/status.ts';
import { redirect } from './http/answers.ts';
import { RequestLimiter } from './http/limits.ts';
import { pageHandlers } from '../pages/page-routes.ts';
import { gone, healthy, notFound, onlyMethods, V1_PATHS } from './http/plain-routes.ts';

/** The version of Alertmanager whose API this is. */
export const COMPATIBLE_VERSION = '0.34.0';

/** What the API is made of. */
export interface ApiOptions {
  readonly backend: ApiBackend;
  /** `--web.route-prefix`: before every path; "" or `/alerts`. */
  readonly routePrefix: string;
  /** Syntax of matchers in parameters. */
  readonly matcherMode: MatcherMode;
  readonly metrics: Metrics;
  /** `--web.get-concurrency`: GET requests at once; 0: as many as there are CPUs, 8 at least. */
  readonly getConcurrency: number;
  /** `--web.timeout`, ms: 503 after it; 0: none. */
  readonly timeoutMs: number;
  /** Of the program. */
  readonly version: string;
}

/**
 * The HTTP surface of Alertmanager 0.34 but for `/-/reload` and `/debug/pprof/`: API v2, what is left of v1, health,
 * redirects; and plain pages in place of its own. Metrics are the server's. Routes of exact paths may stand beside them and come first.
 */
export function apiRoutes(options: ApiOptions): readonly Route[] {
  const prefix = options.routePrefix;
  const limiter = new RequestLimiter(options, options.metrics.instruments(HTTP_METRICS));
  const versionInfo = renderVersionInfo({ compatible: COMPATIBLE_VERSION, version: options.version });
  const context = { backend: options.backend, matcherMode: options.matcherMode, versionInfo };
  const api = new ApiV2(prefix, context);
  const at = (path: string, name: string, handler: Handler): Route => ({
    method: '*',
    path: `${prefix}${path}`,
    handler: limiter.wrap(name, clean(handler)),
  });
  return [
    { method: '*', path: `${prefix}${API_PATH}/*`, handler: limiter.wrap(api.handlerOf, clean(api.answer)) },
    at(API_PATH, API_PATH, (request) => redirect(307, `${request.path}/${queryOf(request)}`, request.method)),
    ...Object.entries(V1_PATHS).map(([path, methods]) => at(path, path, onlyMethods(methods, gone))),
    at('/-/healthy', '/-/healthy', onlyMethods(['GET', 'HEAD'], healthy)),
    at('/-/ready', '/-/ready', onlyMethods(['GET', 'HEAD'], healthy)),
    ...[...pageHandlers(context)].map(([path, handler]) => at(path, path, onlyMethods(['GET', 'HEAD'], handler))),
    ...redirects(prefix),
    { method: '*', path: '/*', handler: limiter.wrap('other', clean(notFound)) },
  ];
}

/** Redirects to the pages. */
function redirects(prefix: string): readonly Route[] {
  if (prefix === '') return [];
  return [
    { method: '*', path: '/', handler: ({ method }) => redirect(302, prefix, method) },
    { method: '*', path: prefix, handler: ({ method }) => redirect(301, `${prefix}/`, method) },
  ];
}

/** A handler that is asked only for paths that are clean; others are sent to what they mean. */
function clean(handler: Handler): Handler {
  return (request) => {
    if (/%(?![\dA-Fa-f]{2})/.test(request.path)) return { status: 400, body: '400 Bad Request' };
    const path = cleanPath(request.path);
    return path === request.path ? handler(request) : redirect(307, `${path}${queryOf(request)}`, request.method);
  };
}

/** A path without `.`, `..` and empty segments. */
function cleanPath(path: string): string {
  if (!/\/(?:\.{0,2}\/|\.{1,2}$)/.test(path)) return path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const tail = path.endsWith('/') && segments.length > 0 ? '/' : '';
  return `/${segments.join('/')}${tail}`;
}

function queryOf({ query }: HttpRequest): string {
  return query.size === 0 ? '' : `?${query.toString()}`;
}
