import { type HttpResponse, type Route } from '@tandem/server';

import { type AlertsReload } from './alerts-configuration.ts';

const ALLOW = 'OPTIONS, POST';

/** `POST /-/reload`, as upstream answers it: 200 without a body, 500 with the problem, 405 to other methods. */
export function alertsReloadRoute(routePrefix: string, reload: () => Promise<AlertsReload>): Route {
  return {
    method: '*',
    path: `${routePrefix}/-/reload`,
    handler: async ({ method }) => {
      if (method === 'OPTIONS') return { status: 200, headers: { allow: ALLOW } };
      if (method !== 'POST') return text(405, 'Method Not Allowed\n', { allow: ALLOW });
      const outcome = await reload();
      return outcome.ok ? { status: 200 } : text(500, `failed to reload config: ${outcome.problem}\n`);
    },
  };
}

function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
    body,
  };
}
