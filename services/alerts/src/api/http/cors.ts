import { type HttpRequest, type HttpResponse } from '@tandem/server';

/** `OPTIONS` goes without saying; `DELETE` does not, so that no page of another origin ends a silence. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'HEAD', 'OPTIONS']);
/** In order: a browser asks for them so. */
const HEADERS: readonly string[] = ['accept', 'content-type', 'x-requested-with'];

/** Whether a browser asks what another origin's page may do. */
export function isPreflight({ method, headers }: HttpRequest): boolean {
  return method === 'OPTIONS' && headerOf(headers['access-control-request-method']) !== '';
}

/** The answer to it: 204, and what is allowed, if all that is asked for is. */
export function preflight({ headers }: HttpRequest): HttpResponse {
  const vary = { vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' };
  const method = headerOf(headers['access-control-request-method']);
  const names = headerOf(headers['access-control-request-headers']);
  if (headerOf(headers.origin) === '' || !METHODS.has(method) || !areAllowed(names))
    return { status: 204, headers: vary };
  return {
    status: 204,
    headers: {
      ...vary,
      'access-control-allow-origin': '*',
      'access-control-allow-methods': method,
      ...(names === '' ? {} : { 'access-control-allow-headers': names }),
    },
  };
}

/** What every answer of the API says, on the origin of who asked among others. */
export function withApiHeaders({ method, headers }: HttpRequest, response: HttpResponse): HttpResponse {
  const allowed = headerOf(headers.origin) !== '' && METHODS.has(method);
  return {
    ...response,
    headers: {
      'cache-control': 'no-store',
      vary: 'Origin',
      ...(allowed ? { 'access-control-allow-origin': '*' } : {}),
      ...response.headers,
    },
  };
}

function areAllowed(names: string): boolean {
  if (names === '') return true;
  const places = names.split(',').map((name) => HEADERS.indexOf(name.trim()));
  return places.every((place, index) => place > (places[index - 1] ?? -1));
}

function headerOf(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.join(',') ?? '');
}
