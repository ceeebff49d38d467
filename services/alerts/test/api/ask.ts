import { Buffer } from 'node:buffer';
import { type HttpRequest, type HttpResponse, type Route } from '@tandem/server';

/** What a request is made of. */
export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request as a handler sees it, without a network. */
export function requestOf(method: string, target: string, { headers = {}, body }: Asked = {}): HttpRequest {
  const [path = '', query = ''] = target.split('?');
  const bytes = Buffer.from(body ?? '', 'utf8');
  const length =
    body === undefined ? {} : { 'content-length': String(bytes.length), 'content-type': 'application/json' };
  return {
    method,
    path,
    params: {},
    query: new URLSearchParams(query),
    headers: { ...length, ...headers },
    remoteAddress: '127.0.0.1',
    signal: new AbortController().signal,
    readBody: () => Promise.resolve({ outcome: 'read', bytes }),
    reserve: () => undefined,
  };
}

/** Asks the route of a template; its handler is found by nothing else. */
export async function ask(routes: readonly Route[], template: string, request: HttpRequest): Promise<HttpResponse> {
  const route = routes.find(({ path }) => path === template);
  if (route === undefined) throw new Error(`no route ${template}`);
  return route.handler(request);
}
