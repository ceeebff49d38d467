import { quote } from '@tandem/alerting';
import { type HttpRequest, type HttpResponse } from '@tandem/server';

import { refusal } from './answers.ts';

const JSON_TYPE = 'application/json';
const TOKEN = /^[\w!#$%&'*+.^`|~-]+/;

/** Whether a request has a body, as far as its headers say. */
export function hasBody({ headers }: HttpRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** What is answered to a request whose body is no JSON (400, 415), or that takes no JSON (406); `undefined` where it is fine. */
export function mediaTypeRefusal(request: HttpRequest): HttpResponse | undefined {
  if (hasBody(request)) return contentTypeRefusal(request.headers['content-type']);
  return accepts(request.headers.accept)
    ? undefined
    : refusal(406, `unsupported media type requested, only [${JSON_TYPE}] are available`);
}

function contentTypeRefusal(header: string | undefined): HttpResponse | undefined {
  const value = header ?? 'application/octet-stream';
  const problem = problemOf(value);
  if (problem !== undefined) {
    return refusal(400, `parsing Content-Type header from ${quote(value)} failed, because ${problem}`);
  }
  const [type = ''] = value.split(';', 1);
  const mediaType = type.trim().toLowerCase();
  if (mediaType === JSON_TYPE) return undefined;
  return refusal(415, `unsupported media type ${quote(mediaType)}, only [${JSON_TYPE}] are allowed`);
}

/** What Go's `mime.ParseMediaType` says against a media type. */
function problemOf(value: string): string | undefined {
  const [type = '', ...parameters] = value.split(';');
  const [main, sub, rest] = type.trim().split('/');
  if (main === undefined || !TOKEN.test(main)) return 'mime: no media type';
  if (sub === undefined) return `mediatype: malformed: "${value}" has no subtype`;
  if (!TOKEN.test(sub)) return 'mime: expected token after slash';
  if (rest !== undefined || TOKEN.exec(sub)?.[0] !== sub) return 'mime: unexpected content after media subtype';
  return parameters.every(isParameter) ? undefined : 'mime: invalid media parameter';
}

/** A parameter, or nothing: a semicolon may end the header. */
function isParameter(parameter: string): boolean {
  return parameter.trim() === '' || /^\s*[^\s=]+=(?:"[^"]*"|[^\s"]+)\s*$/u.test(parameter);
}

function accepts(header: string | undefined): boolean {
  if (header === undefined) return true;
  return header.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (!['*/*', 'application/*', JSON_TYPE].includes(type)) return false;
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return quality === undefined || Number(quality.slice(2)) > 0;
  });
}
