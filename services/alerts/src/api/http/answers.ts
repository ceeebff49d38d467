import { type HttpResponse } from '@tandem/server';

import { type JsonList } from '../json/json-list.ts';
import { jsonText } from '../json/render-json.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };

/** 200 with a JSON document: Go's encoder ends each with a newline. */
export function document(json: string): HttpResponse {
  return { status: 200, headers: JSON_HEADERS, body: `${json}\n` };
}

/** 200 with a list. */
export function listed(list: JsonList): HttpResponse {
  return { status: 200, headers: JSON_HEADERS, body: list.end() };
}

/** A status whose body is one JSON string, which Alertmanager's clients show. */
export function message(status: number, text: string): HttpResponse {
  return { status, headers: JSON_HEADERS, body: `${jsonText(text)}\n` };
}

/** A status and nothing else. */
export function bare(status: number): HttpResponse {
  return { status };
}

/**
 * What go-openapi answers to a request that is none of its description's. Its own codes (601 wrong type, 602 required, 612 too few)
 * go with 422.
 */
export function refusal(code: number, text: string): HttpResponse {
  const status = code >= 600 ? 422 : code;
  return { status, headers: JSON_HEADERS, body: `{"code":${code},"message":${jsonText(text)}}` };
}

/** What Go's `http.Error` answers. */
export function plainError(status: number, text: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers: { ...headers, 'x-content-type-options': 'nosniff' }, body: `${text}\n` };
}

/** What Go's `http.Redirect` answers: with a page to those that read one. */
export function redirect(status: 301 | 302 | 307, location: string, method: string): HttpResponse {
  if (method !== 'GET' && method !== 'HEAD') return { status, headers: { location } };
  const said = { 301: 'Moved Permanently', 302: 'Found', 307: 'Temporary Redirect' }[status];
  const headers = { location, 'content-type': 'text/html; charset=utf-8' };
  return { status, headers, body: `<a href="${escapeHtml(location)}">${said}</a>.\n\n` };
}

function escapeHtml(text: string): string {
  const escapes: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&#34;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/gu, (character) => escapes[character] ?? character);
}
