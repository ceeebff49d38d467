import { type HttpResponse, type Route } from './http.ts';

/** What is answered to a reload. */
export type ReloadAnswer =
  | { readonly ok: true; readonly applied: readonly string[]; readonly restart: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** What the route is made with. */
export interface ReloadRouteOptions {
  /** Whether it does anything: as with Prometheus, whoever may send requests may otherwise reload. */
  readonly enabled: boolean;
  readonly reload: () => Promise<ReloadAnswer>;
}

/** `POST /-/reload`, as Prometheus and Alertmanager answer it: 200, 500 with the problem, 403 where it is not enabled. */
export function reloadRoute({ enabled, reload }: ReloadRouteOptions): Route {
  return {
    method: 'POST',
    path: '/-/reload',
    handler: async () =>
      enabled ? answerTo(await reload()) : text(403, 'Not enabled: see web.enable_lifecycle. SIGHUP does the same.'),
  };
}

function answerTo(answer: ReloadAnswer): HttpResponse {
  if (!answer.ok) return text(500, `The configuration cannot be used, the one before stays:\n${answer.problem}`);
  const { applied, restart } = answer;
  const lines = [
    applied.length === 0 ? 'Nothing to apply.' : `Applied: ${applied.join(', ')}`,
    ...(restart.length === 0 ? [] : [`In effect after a restart: ${restart.join(', ')}`]),
  ];
  return text(200, lines.join('\n'));
}

function text(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${body}\n` };
}
