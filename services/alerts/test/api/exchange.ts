import { request } from 'node:http';

import { type ApiRequest } from './request.ts';

/** What was answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Headers by which answers are compared. */
const COMPARED = [
  'content-type',
  'cache-control',
  'vary',
  'allow',
  'location',
  'x-content-type-options',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
];

/** A server under comparison: remembers the IDs of silences it gave. */
export class Exchange {
  readonly #url: string;
  readonly #ids = new Map<string, string>();

  constructor(url: string) {
    this.#url = url;
  }

  /** Sends a request, and gives the answer without what differs from server to server: IDs, times of now. */
  async send(wanted: ApiRequest): Promise<Answer> {
    const path = this.#filledIn(wanted.path);
    const body = wanted.body === undefined ? undefined : this.#filledIn(wanted.body);
    const answer = await exchange(this.#url, { ...wanted, path, ...(body === undefined ? {} : { body }) });
    const id = /"silenceID":"([^"]+)"/.exec(answer.body)?.[1];
    if (id !== undefined) this.#ids.set(wanted.remember ?? `silence${this.#ids.size}`, id);
    return { ...answer, body: withoutTimes(this.#withoutIds(answer.body), Date.now()) };
  }

  #filledIn(text: string): string {
    return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => this.#ids.get(name) ?? whole);
  }

  #withoutIds(text: string): string {
    let masked = text;
    for (const [name, id] of this.#ids) masked = masked.replaceAll(id, `{${name}}`);
    return masked;
  }
}

/** Times in one spelling (upstream gives alerts in the zone they were posted in), and those of now in none. */
function withoutTimes(text: string, nowMs: number): string {
  return text.replaceAll(/(?<=At":")\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)(?=")/g, (time) => {
    const timeMs = Date.parse(time);
    return Math.abs(timeMs - nowMs) < 3_600_000 ? 'now' : new Date(timeMs).toISOString();
  });
}

function exchange(url: string, { method, path, headers, body }: ApiRequest): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers: { ...headers, ...length }, agent: false });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const compared = COMPARED.filter((name) => method !== 'HEAD' || name !== 'content-type');
        const shown = compared.map((name) => [name, inOrder(name, String(incoming.headers[name] ?? ''))] as const);
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: incoming.statusCode ?? 0, headers: Object.fromEntries(shown), body: allowedInOrder(text) });
      });
    });
    outgoing.end(body);
  });
}

/** The methods a path has are in any order upstream. */
function inOrder(name: string, value: string): string {
  return name === 'allow' ? value.split(',').toSorted().join(',') : value;
}

function allowedInOrder(body: string): string {
  return body.replace(/(?<=but \[)[A-Z,]+(?=\] are)/, (methods) => inOrder('allow', methods));
}
