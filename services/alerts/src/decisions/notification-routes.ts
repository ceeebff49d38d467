import { failure, success, type MatcherMode, type Outcome } from '@tandem/alerting';
import { parseTime } from '@tandem/config/point-in-time';
import { type HttpRequest, type HttpResponse, type Route } from '@tandem/server';

import { decodeCursor, encodeCursor } from './cursor.ts';
import { decisionJson } from './decision-json.ts';
import { type DecisionQuery, type DecisionTopic, type FoundDecisions } from './decision-topic.ts';
import { timeOf } from './decision-words.ts';
import { readFilter } from './read-filter.ts';

/** What the routes answer from. */
export interface NotificationRoutesOptions {
  readonly decisions: Pick<DecisionTopic, 'search'>;
  /** `--web.route-prefix`: before every path; "" or `/alerts`. */
  readonly routePrefix: string;
  /** Syntax of matchers in parameters. */
  readonly matcherMode: MatcherMode;
}

/** Below the route prefix. */
const PATH = '/api/v2/tandem/notifications';
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const PARAMETERS: ReadonlySet<string> = new Set([
  'receiver',
  'group',
  'filter',
  'outcome',
  'instance',
  'since',
  'until',
  'limit',
  'cursor',
]);

/** `GET /api/v2/tandem/notifications`: how flushes ended and why, the newest first. Errors are JSON strings, as API v2's. */
export function notificationRoutes(options: NotificationRoutesOptions): readonly Route[] {
  const handler = async (request: HttpRequest): Promise<HttpResponse> => {
    const query = readQuery(request.query, options.matcherMode);
    if (!query.ok) return answer(request, 400, query.error);
    const found = await options.decisions.search(query.value);
    if (found === 'log-away') return answer(request, 503, 'cannot read notifications: the log is away');
    return answer(request, 200, pageJson(found));
  };
  return [{ method: 'GET', path: `${options.routePrefix}${PATH}`, handler }];
}

function pageJson({ decisions, next, complete, fromMs }: FoundDecisions): unknown {
  return {
    notifications: decisions.map(decisionJson),
    nextCursor: next === undefined ? null : encodeCursor(next),
    complete,
    from: timeOf(fromMs),
  };
}

function answer({ headers }: HttpRequest, status: number, body: unknown): HttpResponse {
  const cors: Readonly<Record<string, string>> =
    headers.origin === undefined ? {} : { 'access-control-allow-origin': '*' };
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', vary: 'Origin', ...cors },
    body: `${JSON.stringify(body)}\n`,
  };
}

function readQuery(query: URLSearchParams, mode: MatcherMode): Outcome<DecisionQuery> {
  const unknown = [...query.keys()].find((name) => !PARAMETERS.has(name));
  if (unknown !== undefined) return failure(`unknown parameter "${unknown}": expected ${[...PARAMETERS].join(', ')}`);
  const since = readTime(query, 'since');
  if (!since.ok) return since;
  const until = readTime(query, 'until');
  if (!until.ok) return until;
  const filter = readFilter(
    {
      receiver: query.get('receiver') ?? undefined,
      group: query.get('group') ?? undefined,
      filter: query.getAll('filter'),
      outcome: query.getAll('outcome'),
      instance: query.getAll('instance'),
      sinceMs: since.value,
      untilMs: until.value,
    },
    mode,
  );
  if (!filter.ok) return filter;
  const page = readPage(query);
  return page.ok ? success({ filter: filter.value, ...page.value }) : page;
}

function readTime(query: URLSearchParams, name: string): Outcome<number | undefined> {
  const text = query.get(name);
  if (text === null || text === '') return success(undefined);
  const timeMs = parseTime(text);
  return timeMs === undefined ? failure(`bad ${name} "${text}": expected RFC 3339 or Unix seconds`) : success(timeMs);
}

function readPage(query: URLSearchParams): Outcome<Pick<DecisionQuery, 'limit' | 'after'>> {
  const text = query.get('limit') ?? String(DEFAULT_LIMIT);
  const limit = Number(text);
  if (!/^\d+$/u.test(text) || limit < 1 || limit > MAX_LIMIT) {
    return failure(`bad limit "${text}": expected a whole number from 1 to ${MAX_LIMIT}`);
  }
  const cursor = query.get('cursor');
  if (cursor === null || cursor === '') return success({ limit });
  const after = decodeCursor(cursor);
  return after === undefined ? failure(`bad cursor "${cursor}": expected one of an answer`) : success({ limit, after });
}
