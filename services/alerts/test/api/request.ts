/** A request that is sent to several servers, whose answers are compared. */
export interface ApiRequest {
  readonly method: string;
  /** `{name}` stands for what a server answered as the silence ID of the request of that name. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Under which the silence ID of the answer is remembered. */
  readonly remember?: string;
  /** Why bodies are not compared. */
  readonly bodyDiffers?: string;
}

/** A body of JSON. */
export const JSON_TYPE = { 'content-type': 'application/json' };
/** When what is to last ends. */
export const FAR = '2099-01-01T00:00:00.000Z';
/** When what has begun long since began. */
export const START = '2026-01-01T00:00:00Z';

/** A GET of the API. */
export function get(path: string, headers?: Readonly<Record<string, string>>): ApiRequest {
  return { method: 'GET', path: `/api/v2${path}`, ...(headers === undefined ? {} : { headers }) };
}

/** A POST to the API; a text is sent as it is. */
export function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = JSON_TYPE): ApiRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { method: 'POST', path: `/api/v2${path}`, headers, body: text };
}

/** A request with another method. */
export function send(method: string, path: string, headers: Readonly<Record<string, string>> = {}): ApiRequest {
  return { method, path, headers };
}

/** A GET with filters. */
export function filtered(path: string, ...filters: readonly string[]): ApiRequest {
  return get(`${path}?${filters.map((filter) => `filter=${encodeURIComponent(filter)}`).join('&')}`);
}

/** An alert that fires. */
export function alert(labels: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): object {
  return { labels, startsAt: START, endsAt: FAR, ...more };
}

let silences = 0;

/** Each has its own times: the order of those that begin or end at once is nobody's promise. */
export function silence(matchers: unknown, more: Readonly<Record<string, unknown>> = {}): object {
  const second = String(silences++).padStart(2, '0');
  const [startsAt, endsAt] = [`2098-01-01T00:00:${second}Z`, `2099-01-01T00:00:${second}Z`];
  return { matchers, startsAt, endsAt, createdBy: 'me', comment: 'why', ...more };
}

/** A matcher. */
export const ALERTNAME = { name: 'alertname', value: 'A', isRegex: false };
