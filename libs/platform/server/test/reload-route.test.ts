import { describe, expect, test } from '@jest/globals';

import { type HttpRequest, type ReloadAnswer, reloadRoute } from '../src/index.ts';

const REQUEST = {} as HttpRequest;

async function answerOf(answer: ReloadAnswer, enabled = true) {
  let reloads = 0;
  const reload = () => Promise.resolve((reloads++, answer));
  const response = await reloadRoute({ enabled, reload }).handler(REQUEST);
  return { ...response, reloads };
}

describe('POST /-/reload', () => {
  test('says what is applied, and what needs a restart', async () => {
    const answer = await answerOf({
      ok: true,
      applied: ['log.level'],
      restart: ['storage.path', 'web.listen_address'],
    });
    expect(answer).toMatchObject({
      status: 200,
      body: 'Applied: log.level\nIn effect after a restart: storage.path, web.listen_address\n',
    });
    expect(await answerOf({ ok: true, applied: [], restart: [] })).toMatchObject({ body: 'Nothing to apply.\n' });
  });

  test('answers 500 with the problem', async () => {
    const answer = await answerOf({ ok: false, problem: 'dedup.failover_timeout: too short' });
    expect(answer).toMatchObject({ status: 500, body: expect.stringContaining('too short') });
  });

  test('does nothing where it is not enabled', async () => {
    expect(await answerOf({ ok: true, applied: [], restart: [] }, false)).toMatchObject({ status: 403, reloads: 0 });
  });
});
