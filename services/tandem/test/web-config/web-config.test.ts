import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';
import { tempDir } from '@tandem/testing';
import { hashSync } from 'bcryptjs';

import { BasicAuth } from '../../src/web-config/basic-auth.ts';
import { readWebConfig } from '../../src/web-config/read-web-config.ts';

const folder = tempDir('web-config');
const HASH = hashSync('opensesame', 4);
afterAll(() => folder.remove());

function read(text: string): ReturnType<typeof readWebConfig> {
  const file = path.join(folder.path, 'web.yml');
  writeFileSync(file, text);
  return readWebConfig(file);
}

function basic(user: string, password: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

describe('a web configuration', () => {
  test('that is empty asks for nothing', () => {
    expect(read('')).toMatchObject({ basic_auth_users: {}, http_server_config: { headers: {} } });
    expect(read('tls_server_config: {}').tls_server_config.cert_file).toBeUndefined();
  });

  test('names files beside it', () => {
    const { tls_server_config: tls } = read('tls_server_config: { cert_file: a.crt, key_file: /k/a.key }');
    expect([tls.cert_file, tls.key_file]).toEqual([path.join(folder.path, 'a.crt'), '/k/a.key']);
  });

  test.each([
    ['foo: 1', /web\.yml:1:1.*foo/u],
    ['tls_server_config: { cert_file: a }', /missing one of key and key_file/u],
    ['tls_server_config: { cert_file: a, cert: b, key_file: k }', /expected one of cert and cert_file, got both/u],
    ['tls_server_config: { cert_file: a, key_file: b, min_version: SSL3 }', /min_version/u],
    ['tls_server_config: { cert_file: a, key_file: b, client_auth_type: Maybe }', /client_auth_type/u],
    ['tls_server_config: { cert_file: a, key_file: b, client_auth_type: VerifyClientCertIfGiven }', /needs client_ca/u],
    ['basic_auth_users: { a: plain }', /expected a password hashed with bcrypt/u],
    ['http_server_config: { headers: { Server: x } }', /Server/u],
  ])('%s is refused with its place', (text, problem) => {
    expect(() => read(text)).toThrow(problem);
  });

  test('keeps the hashes of passwords to itself', () => {
    expect(JSON.stringify(read(`basic_auth_users: { a: ${HASH} }`))).not.toContain(HASH);
  });
});

describe('passwords', () => {
  const { basic_auth_users: users } = read(`basic_auth_users: { alice: ${HASH} }`);

  test('of a user let requests through, again and again', async () => {
    const auth = new BasicAuth();
    expect(await auth.refusal(users, basic('alice', 'opensesame'))).toBeUndefined();
    expect(await auth.refusal(users, basic('alice', 'opensesame'))).toBeUndefined();
  });

  test.each([
    ['wrong', basic('alice', 'sesame')],
    ['of nobody', basic('bob', 'opensesame')],
    ['missing', {}],
    ['in a form that is none', { authorization: 'Basic !' }],
    ['of another scheme', { authorization: 'Bearer opensesame' }],
    ['of a name every object has', basic('constructor', 'opensesame')],
  ])('that are %s are asked for', async (_what, headers) => {
    expect(await new BasicAuth().refusal(users, headers)).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Basic' },
    });
  });

  test('are not wanted where there are no users', async () => {
    expect(await new BasicAuth().refusal({}, {})).toBeUndefined();
  });

  test('that come too many at once are put off, not queued without end', async () => {
    const auth = new BasicAuth();
    const asked = Array.from({ length: 60 }, (_, index) => auth.refusal(users, basic('alice', `${index}`)));
    const statuses = (await Promise.all(asked)).map((answer) => answer?.status);
    expect(statuses.filter((status) => status === 503)).toHaveLength(10);
    expect(statuses.filter((status) => status === 401)).toHaveLength(50);
  });
});
