import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { notificationDecisionRecord, type NotificationDecision } from '@tandem/records';
import { type HttpRequest, type HttpResponse } from '@tandem/server';
import { type MemoryLog } from '@tandem/testing';

import { DecisionTopic, notificationRoutes } from '../../src/index.ts';
import { VirtualTime } from '../virtual-time.ts';
import { decisionOf, emptyLog, PARTITIONS, quietMetrics, T0, TOPIC } from './fixtures.ts';

interface Page {
  readonly notifications: readonly Readonly<Record<string, unknown>>[];
  readonly nextCursor: string | null;
  readonly complete: boolean;
  readonly from: string;
}

describe('GET /api/v2/tandem/notifications', () => {
  let log: MemoryLog;
  let time: VirtualTime;
  let topic: DecisionTopic;
  let sequence = 0;

  beforeEach(async () => {
    time = new VirtualTime(T0);
    log = await emptyLog(() => time.nowMs);
    topic = openTopic();
  });
  afterEach(async () => {
    topic.stop();
    await log.close();
  });

  function openTopic(): DecisionTopic {
    const opened = new DecisionTopic({
      reader: log,
      topic: TOPIC,
      cluster: 'main',
      clock: time.clock(),
      metrics: quietMetrics(),
      onError: (error) => {
        throw error;
      },
    });
    opened.start();
    return opened;
  }

  const append = async (...decisions: readonly NotificationDecision[]): Promise<void> => {
    for (const decision of decisions) {
      sequence += 1;
      const encoded = notificationDecisionRecord.encode({ ...decision, sequence });
      await log.append([{ topic: TOPIC, partition: sequence % PARTITIONS, key: null, ...encoded }]);
    }
    await time.runUntil(time.nowMs);
  };
  const get = async (query: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpResponse> => {
    const [route] = notificationRoutes({ decisions: topic, routePrefix: '/am', matcherMode: 'utf8-strict' });
    if (route === undefined) throw new Error('no route');
    expect(route.path).toBe('/am/api/v2/tandem/notifications');
    const request: Partial<HttpRequest> = { query: new URLSearchParams(query), headers };
    return route.handler(request as HttpRequest);
  };
  const page = async (query = ''): Promise<Page> => {
    const { status, body } = await get(query);
    expect([status, body]).toEqual([200, expect.any(String)]);
    return JSON.parse(String(body)) as Page;
  };
  const reasons = async (query: string): Promise<readonly unknown[]> =>
    (await page(query)).notifications.map(({ reason }) => reason);
  const numbered = (count: number): readonly NotificationDecision[] =>
    Array.from({ length: count }, (_, n) => decisionOf({ decidedAtMs: T0 + n, reason: String(n) }));

  it('gives the newest first, with why in words', async () => {
    await append(
      decisionOf({ decidedAtMs: T0 - 1000 }, [{ alertname: 'Down', n: '1' }]),
      decisionOf({ outcome: 'skipped', reason: 'unchanged', lastToldAtMs: T0 - 1000, attempts: 0, instance: 'b' }),
    );
    const { notifications, ...rest } = await page();
    expect(rest).toEqual({ nextCursor: null, complete: true, from: '2026-01-30T03:12:00.000Z' });
    expect(notifications.map(({ instance, outcome, summary }) => [instance, outcome, summary])).toEqual([
      [
        'b',
        'skipped',
        'not told: it was told the same at 2026-03-01T03:11:59.000Z, and is told again from 2026-03-01T07:11:59.000Z on',
      ],
      ['a', 'sent', 'told of 1 firing: first notification (1 attempt, 200 OK)'],
    ]);
    expect(notifications[1]).toMatchObject({
      time: '2026-03-01T03:11:59.000Z',
      lastTold: null,
      alerts: [{ state: 'firing', labels: { alertname: 'Down', n: '1' }, silencedBy: [], inhibitedBy: null }],
    });
  });

  it('finds by receiver, group, labels of an alert, outcome, instance and time', async () => {
    await append(
      decisionOf({ reason: 'one', receiver: 'team-a', decidedAtMs: T0 + 1 }, [{ alertname: 'Down', env: 'prod' }]),
      decisionOf({ reason: 'two', receiver: 'team-b', decidedAtMs: T0 + 2, outcome: 'failed' }, [
        { alertname: 'Down', env: 'dev' },
        { alertname: 'Up', env: 'prod' },
      ]),
      decisionOf({
        reason: 'three',
        groupKey: '{}/{a="b"}:{alertname="X"}',
        groupLabels: { alertname: 'X' },
        decidedAtMs: T0 + 3,
        instance: 'c',
      }),
      decisionOf({ reason: 'of another cluster', cluster: 'other' }),
    );
    expect(await reasons('receiver=team-.')).toEqual(['two', 'one']);
    expect(await reasons('receiver=team-b')).toEqual(['two']);
    expect(await reasons(`group=${encodeURIComponent('{}/{a="b"}:{alertname="X"}')}`)).toEqual(['three']);
    expect(await reasons(`group=${encodeURIComponent('{alertname!="X"}')}`)).toEqual(['two', 'one']);
    expect(await reasons('filter=alertname%3DDown&filter=env%3Dprod')).toEqual(['one']);
    expect(await reasons('filter=env%3D~"p.*"')).toEqual(['two', 'one']);
    expect(await reasons('outcome=failed')).toEqual(['two']);
    expect(await reasons('outcome=failed&outcome=sent&instance=a')).toEqual(['two', 'one']);
    expect(await reasons(`since=2026-03-01T03:12:00.002Z`)).toEqual(['three', 'two']);
    expect(await reasons(`until=${(T0 + 2) / 1000}`)).toEqual(['one']);
  });

  it('D8: goes on page by page behind what was given, whatever comes meanwhile', async () => {
    await append(...numbered(5));
    const first = await page('limit=2');
    await append(decisionOf({ decidedAtMs: T0 + 100, reason: 'new' }));
    const second = await page(`limit=2&cursor=${first.nextCursor ?? ''}`);
    const third = await page(`limit=2&cursor=${second.nextCursor ?? ''}`);
    const all = [first, second, third].flatMap(({ notifications }) => notifications.map(({ reason }) => reason));
    expect(all).toEqual(['4', '3', '2', '1', '0']);
    expect(third.nextCursor).toBeNull();
  });

  it('D9: says that it is not complete while the log is behind, and answers from what it has', async () => {
    await append(...numbered(1));
    expect((await page()).complete).toBe(true);
    Object.assign(log, { bounds: () => Promise.resolve({ start: 0, end: 1000 }) });
    const found = page();
    await time.runUntil(T0 + 500);
    expect(await found).toMatchObject({ complete: false, notifications: [{ reason: '0' }] });
  });

  it('D7: begins anew from the log alone', async () => {
    await append(...numbered(40));
    const before = await page('limit=40');
    topic.stop();
    topic = openTopic();
    await time.runUntil(T0);
    expect(await page('limit=40')).toEqual(before);
  });

  it('forgets what is older than thirty days', async () => {
    await append(...numbered(1));
    expect(await reasons('')).toEqual(['0']);
    await time.runUntil(T0 + 31 * 86_400_000);
    expect(await reasons('')).toEqual([]);
  });

  it('answers 503 where the log does not give the records', async () => {
    await append(...numbered(1));
    await page();
    Object.assign(log, {
      read: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
    });
    const answer = get('');
    await time.runUntil(T0 + 10_000);
    expect(await answer).toMatchObject({ status: 503, body: '"cannot read notifications: the log is away"\n' });
  });

  it.each([
    ['filter=a', 'bad matcher format: end of input: expected an operator'],
    ['receiver=(', 'failed to parse receiver param: error parsing regexp'],
    ['group={a', 'bad group: '],
    ['outcome=lost', 'bad outcome "lost": expected one of sent, '],
    ['since=yesterday', 'bad since "yesterday": expected RFC 3339 or Unix seconds'],
    ['until=2026-02-30T00:00:00Z', 'bad until '],
    ['limit=0', 'bad limit "0": expected a whole number from 1 to 1000'],
    ['limit=1e3', 'bad limit '],
    ['limit=1001', 'bad limit '],
    ['cursor=abc', 'bad cursor "abc": expected one of an answer'],
    ['receivers=a', 'unknown parameter "receivers": expected receiver, '],
  ])('refuses %s and says why, as a JSON string', async (query, error) => {
    const { status, body, headers } = await get(query);
    expect([status, headers?.['content-type']]).toEqual([400, 'application/json']);
    expect(JSON.parse(String(body))).toContain(error);
  });

  it('may be asked by pages of any origin, and is not kept', async () => {
    const { headers } = await get('', { origin: 'http://console' });
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'cache-control': 'no-store', vary: 'Origin' });
  });
});
