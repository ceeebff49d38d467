import { readFileSync } from 'node:fs';
import { type Handler, type HttpResponse } from '@tandem/server';

import { type OperationContext } from '../api/operation.ts';
import { Pages } from './pages.ts';

/** Everything comes from here, nothing is inline. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'self'";

/** Files of the folder `assets`, by path below the route prefix. */
const FILES: readonly (readonly [path: string, file: string, type: string])[] = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/assets/page.js', 'page.js', 'text/javascript; charset=utf-8'],
  ['/assets/page.css', 'page.css', 'text/css; charset=utf-8'],
];

/** The plain pages: a shell at `/`, and the pages that it shows. By path below the route prefix. */
export function pageHandlers(context: OperationContext): ReadonlyMap<string, Handler> {
  const pages = new Pages(context);
  return new Map<string, Handler>([
    ...FILES.map(([path, file, type]) => [path, fileHandler(file, type)] as const),
    ['/pages/alerts', pages.alerts],
    ['/pages/silences', pages.silences],
    ['/pages/silences/new', pages.newSilence],
    ['/pages/silences/:id', pages.silence],
    ['/pages/status', pages.status],
  ]);
}

/** The folder lies beside that of the sources and that of what is built of them. */
function fileHandler(file: string, type: string): Handler {
  const body = readFileSync(new URL(`../../assets/${file}`, import.meta.url));
  const headers = { 'content-type': type, 'cache-control': 'no-cache', 'content-security-policy': POLICY };
  const response: HttpResponse = { status: 200, headers: { ...headers, 'x-content-type-options': 'nosniff' }, body };
  return () => response;
}
