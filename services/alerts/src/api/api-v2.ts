import { type HttpRequest, type HttpResponse } from '@tandem/server';

import { getAlerts } from './alerts/get-alerts.ts';
import { getGroups } from './alerts/get-groups.ts';
import { postAlerts } from './alerts/post-alerts.ts';
import { getReceivers } from './cluster/receivers.ts';
import { getStatus } from './cluster/status.ts';
import { refusal } from './http/answers.ts';
import { isPreflight, preflight, withApiHeaders } from './http/cors.ts';
import { hasBody, mediaTypeRefusal } from './http/media-types.ts';
import { readJson, type JsonBody } from './json/read-json.ts';
import { type Operation, type OperationContext } from './operation.ts';
import { getSilences } from './silences/get-silences.ts';
import { deleteSilence, getSilence } from './silences/one-silence.ts';
import { postSilence } from './silences/post-silence.ts';

/** Below the route prefix. */
export const API_PATH = '/api/v2';
const SILENCE = '/silence/';
const SILENCE_TEMPLATE = '/silence/{silenceID}';

/** Operations by path below `/api/v2`, and method. */
const OPERATIONS: ReadonlyMap<string, ReadonlyMap<string, Operation>> = new Map([
  ['/status', new Map([['GET', getStatus]])],
  ['/receivers', new Map([['GET', getReceivers]])],
  [
    '/alerts',
    new Map([
      ['GET', getAlerts],
      ['POST', postAlerts],
    ]),
  ],
  ['/alerts/groups', new Map([['GET', getGroups]])],
  [
    '/silences',
    new Map([
      ['GET', getSilences],
      ['POST', postSilence],
    ]),
  ],
  [
    SILENCE_TEMPLATE,
    new Map([
      ['GET', getSilence],
      ['DELETE', deleteSilence],
    ]),
  ],
]);

/** Version 2 of Alertmanager's API: finds the operation of a request and refuses what is none, as go-openapi does. */
export class ApiV2 {
  readonly #prefix: string;
  readonly #context: OperationContext;

  /** @param routePrefix what stands before `/api/v2`, without a slash at its end */
  constructor(routePrefix: string, context: OperationContext) {
    this.#prefix = `${routePrefix}${API_PATH}`;
    this.#context = context;
  }

  /** The template of a request's path: what metrics know its handler by. */
  readonly handlerOf = ({ path }: HttpRequest): string => {
    const { template } = placeOf(path.slice(this.#prefix.length));
    return OPERATIONS.has(template) ? `${API_PATH}${template}` : 'other';
  };

  /** Answers a request below `/api/v2/`. */
  readonly answer = async (request: HttpRequest): Promise<HttpResponse> =>
    isPreflight(request) ? preflight(request) : withApiHeaders(request, await this.#answer(request));

  async #answer(http: HttpRequest): Promise<HttpResponse> {
    const path = http.path.slice(this.#prefix.length);
    const { template, id } = placeOf(path);
    const methods = OPERATIONS.get(template);
    if (methods === undefined) return refusal(404, `path ${API_PATH}${path} was not found`);
    const operation = methods.get(http.method);
    if (operation === undefined) return notAllowed(http.method, [...methods.keys()].join(','));
    const refused = mediaTypeRefusal(http);
    if (refused !== undefined) return refused;
    const body = await readBody(http);
    return body.kind === 'refused' ? body.response : operation({ query: http.query, id, body }, this.#context);
  }
}

function notAllowed(method: string, allow: string): HttpResponse {
  const answer = refusal(405, `method ${method} is not allowed, but [${allow}] are`);
  return { ...answer, headers: { ...answer.headers, allow } };
}

/** A slash at the end of a path makes no other path. */
function placeOf(path: string): { readonly template: string; readonly id: string } {
  const place = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const segment = place.startsWith(SILENCE) ? place.slice(SILENCE.length) : '';
  if (segment === '' || segment.includes('/')) return { template: place, id: '' };
  return { template: SILENCE_TEMPLATE, id: decoded(segment) };
}

/** What escapes stand for; as it is where they are no UTF-8: then it is no id either. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

async function readBody(
  http: HttpRequest,
): Promise<JsonBody | { readonly kind: 'refused'; readonly response: HttpResponse }> {
  if (!hasBody(http)) return { kind: 'empty' };
  const read = await http.readBody();
  return read.outcome === 'read' ? readJson(read.bytes) : { kind: 'refused', response: read.response };
}
