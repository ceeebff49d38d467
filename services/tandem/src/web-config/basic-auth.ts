import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';

import { compare } from 'bcryptjs';
import { type HttpResponse } from '@tandem/server';

import { type WebConfig } from './web-config-schema.ts';

/** Users and the hashes of their passwords. */
export type Users = WebConfig['basic_auth_users'];

const UNAUTHORIZED: HttpResponse = {
  status: 401,
  headers: { 'www-authenticate': 'Basic', 'content-type': 'text/plain; charset=utf-8' },
  body: 'Unauthorized\n',
};
const BUSY: HttpResponse = {
  status: 503,
  headers: { 'retry-after': '1' },
  body: 'too many passwords to check, try again\n',
};

/** Compared with where there is no such user, so that the time does not tell: a hash of nothing anybody knows, cost 10. */
const NOBODY = '$2b$10$0rSyDoljKdFpRsWHflBdf.v4N00ZGlltfqA6U4U3mn3L7MPWb8Z8K';
/** Passwords that wait to be compared, each some 50 ms of work, at most. */
const MAX_WAITING = 50;
/** Verdicts that are remembered, at most: clients say the same password with each request. */
const MAX_REMEMBERED = 100;

/** Passwords of users, compared one at a time: bcrypt is slow on purpose, and requests must not pile up behind it. */
export class BasicAuth {
  readonly #verdicts = new Map<string, boolean>();
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** The answer to who may not ask; `undefined`: the request is answered. */
  async refusal(users: Users, { authorization }: IncomingHttpHeaders): Promise<HttpResponse | undefined> {
    if (Object.keys(users).length === 0) return undefined;
    const credentials = credentialsOf(authorization);
    if (credentials === undefined) return UNAUTHORIZED;
    const hash = Object.hasOwn(users, credentials.user) ? users[credentials.user]?.reveal() : undefined;
    const key = digest(credentials, hash ?? '');
    const isTheirs = this.#verdicts.get(key) ?? (await this.#ask(credentials.password, hash));
    if (isTheirs === 'busy') return BUSY;
    this.#remember(key, isTheirs);
    return isTheirs ? undefined : UNAUTHORIZED;
  }

  async #ask(password: string, hash: string | undefined): Promise<boolean | 'busy'> {
    if (this.#waiting >= MAX_WAITING) return 'busy';
    const matches = await this.#compare(password, hash ?? NOBODY);
    return matches && hash !== undefined;
  }

  async #compare(password: string, hash: string): Promise<boolean> {
    this.#waiting++;
    const comparing = this.#last.then(() => compare(password, hash));
    this.#last = comparing.catch(() => undefined);
    try {
      return await comparing;
    } finally {
      this.#waiting--;
    }
  }

  #remember(key: string, verdict: boolean): void {
    this.#verdicts.delete(key);
    const [oldest] = this.#verdicts.keys();
    if (oldest !== undefined && this.#verdicts.size >= MAX_REMEMBERED) this.#verdicts.delete(oldest);
    this.#verdicts.set(key, verdict);
  }
}

interface Credentials {
  readonly user: string;
  readonly password: string;
}

function credentialsOf(authorization: string | undefined): Credentials | undefined {
  const [, encoded] = /^basic ([\w+/=-]+)$/iu.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** What a verdict is remembered by: no password is kept. */
function digest({ user, password }: Credentials, hash: string): string {
  return createHash('sha256')
    .update(JSON.stringify([user, password, hash]))
    .digest('base64');
}
