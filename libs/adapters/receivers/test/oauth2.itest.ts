import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir } from '@tandem/testing';

import { Receiver, type Received } from './receiver.ts';
import { closeAll, send, webhook } from './send.ts';

const folder = tempDir('oauth2');
let receiver: Receiver;
let tokens: Receiver;

beforeEach(async () => {
  receiver = await Receiver.listen();
  tokens = await Receiver.listen();
  tokens.answer = () => token(tokens.received.length);
});
afterEach(async () => {
  await closeAll();
  await receiver.close();
  await tokens.close();
});
afterAll(() => folder.remove());

function token(number: number, expiresIn = 3600): { readonly status: number; readonly body: string } {
  const body = JSON.stringify({ access_token: `access-${number}`, token_type: 'bearer', expires_in: expiresIn });
  return { status: 200, body };
}

function configured(own = 'client_secret: s+c'): string {
  const more = 'scopes: [a, b], endpoint_params: {aud: x y}';
  const oauth2 = `oauth2: {client_id: 'c:i', ${own}, token_url: '${tokens.url('/token')}', ${more}}`;
  return `url: '${receiver.url('/')}', http_config: {${oauth2}}`;
}

function authorizations(): readonly (string | undefined)[] {
  return receiver.received.map(({ headers }) => headers.authorization);
}

describe('tokens by client credentials', () => {
  it('are asked for as Go’s client asks, and kept', async () => {
    const integration = webhook(configured());
    await Promise.all([send(integration), send(integration)]);
    await send(integration);
    expect(authorizations()).toEqual(['Bearer access-1', 'Bearer access-1', 'Bearer access-1']);
    expect(tokens.received).toHaveLength(1);
    const { body, headers } = tokens.last('/token');
    expect(body).toBe('aud=x+y&grant_type=client_credentials&scope=a+b');
    expect(headers.authorization).toBe('Basic YyUzQWk6cyUyQmM=');
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  it('are asked for in the body where the header is not taken, and from then on at once', async () => {
    const asksForHeader = ({ headers }: Received): boolean => headers.authorization !== undefined;
    tokens.answer = (received) => (asksForHeader(received) ? { status: 401 } : token(tokens.received.length, 5));
    const integration = webhook(configured());
    await send(integration);
    await send(integration);
    expect(tokens.received.map(asksForHeader)).toEqual([true, false, false]);
    expect(tokens.last('/token').body).toBe(
      'aud=x+y&client_id=c%3Ai&client_secret=s%2Bc&grant_type=client_credentials&scope=a+b',
    );
  });

  it('are asked for anew 10 s before their end', async () => {
    let nowMs = 0;
    const integration = webhook(configured(), {}, () => nowMs);
    await send(integration);
    nowMs = 3_589_999;
    await send(integration);
    nowMs = 3_590_000;
    await send(integration);
    expect(authorizations()).toEqual(['Bearer access-1', 'Bearer access-1', 'Bearer access-2']);
  });

  it('are asked for anew when the secret in its file has changed', async () => {
    const secret = path.join(folder.path, 'secret');
    writeFileSync(secret, 'first');
    const integration = webhook(configured(`client_secret_file: '${secret}'`));
    await send(integration);
    writeFileSync(secret, 'second secret');
    await send(integration);
    expect(authorizations()).toEqual(['Bearer access-1', 'Bearer access-2']);
  });

  it.each([
    [{ status: 401, body: 'bad secret s+c' }, 'the server answered 401: bad secret <secret>'],
    [{ status: 200, body: 'access-1' }, 'the answer is no JSON object'],
    [{ status: 200, body: '{}' }, 'the answer has none'],
  ])('that are not given are asked for again by the next attempt', async (reply, message) => {
    tokens.answer = () => reply;
    const integration = webhook(configured());
    await expect(send(integration)).resolves.toEqual({
      outcome: 'retry',
      reason: 'other',
      message: `cannot reach the receiver: cannot fetch a token: ${message}`,
    });
    tokens.answer = () => token(1);
    await expect(send(integration)).resolves.toMatchObject({ outcome: 'sent' });
  });

  it('do not hold up a flush that is over', async () => {
    tokens.answer = () => 'hang';
    await expect(send(webhook(configured()), AbortSignal.timeout(100))).resolves.toMatchObject({
      outcome: 'retry',
      reason: 'contextDeadlineExceeded',
    });
  });
});
