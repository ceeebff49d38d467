import { type Handler, type HttpResponse } from '@tandem/server';

import { plainError } from './answers.ts';

/** A handler of some methods: to others it answers which there are, as the router of Alertmanager does outside of API v2. */
export function onlyMethods(methods: readonly string[], handler: Handler): Handler {
  const headers = { allow: [...methods, 'OPTIONS'].toSorted().join(', ') };
  return (request) => {
    if (methods.includes(request.method)) return handler(request);
    return request.method === 'OPTIONS' ? { status: 200, headers } : plainError(405, 'Method Not Allowed', headers);
  };
}

const GONE =
  '{"status":"deprecated","error":"The Alertmanager v1 API was deprecated in version 0.16.0 and is removed as of ' +
  'version 0.27.0 - please use the equivalent route in the v2 API"}\n';

/** What the first version of the API had, by path: who still asks for it learns where to go. */
export const V1_PATHS: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/status': ['GET'],
  '/api/v1/receivers': ['GET'],
  '/api/v1/alerts': ['GET', 'POST'],
  '/api/v1/silences': ['GET', 'POST'],
  '/api/v1/silence/:id': ['GET', 'DELETE'],
};

/** 410 */
export function gone(): HttpResponse {
  return { status: 410, headers: { 'content-type': 'application/json' }, body: GONE };
}

/** Healthy and ready from the start, even while the log is read: as there, so that nothing waits for it to be let in. */
export function healthy(): HttpResponse {
  return { status: 200, body: 'OK' };
}

/** 404 as Go says it. */
export function notFound(): HttpResponse {
  return plainError(404, '404 page not found');
}
