import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMatcher, fingerprint, type Matcher } from '@tandem/alerting';
import { alertRecord, alertsKey, notificationDecisionRecord, type NotificationDecision } from '@tandem/records';
import { topicSettings } from '@tandem/stream';
import { MemoryLog, MemoryLogStorage, until } from '@tandem/testing';

import { CommandExit } from '../src/config/command-exit.ts';
import { countFlag, filterOf, pointInTime } from '../src/nflog/nflog-flags.ts';
import { searchDecisions } from '../src/nflog/search-decisions.ts';
import { tailDecisions } from '../src/nflog/tail-decisions.ts';
import { whyJson, whyText } from '../src/nflog/why-report.ts';
import { findWhy, type WhyQuery } from '../src/nflog/why.ts';

const T = Date.UTC(2026, 2, 1, 3, 12);
const MINUTE = 60_000;
const PARTITIONS = 3;
const TOPIC = 'notifications';

const SENT: NotificationDecision = {
  cluster: 'main',
  instance: 'a',
  writer: 'a-1',
  sequence: 1,
  tickMs: T,
  beganAtMs: T,
  decidedAtMs: T,
  position: 0,
  waitedMs: 0,
  groupKey: '{}:{alertname="Down"}',
  groupLabels: { alertname: 'Down' },
  receiver: 'team',
  integration: 'webhook',
  index: 0,
  outcome: 'sent',
  reason: 'first notification',
  detail: '200 OK',
  groupIntervalMs: 5 * MINUTE,
  repeatIntervalMs: 240 * MINUTE,
  lastToldAtMs: null,
  claimHolder: 'a',
  failOpen: false,
  attempts: 1,
  answers: [],
  firing: 1,
  resolved: 0,
  suppressed: 0,
  alerts: [
    {
      fingerprint: '1',
      labels: { alertname: 'Down', job: 'node' },
      resolved: false,
      silencedBy: [],
      inhibitedBy: null,
      inhibitRule: null,
    },
  ],
  alertsCut: 0,
  mutedBy: [],
  repeats: 0,
  lastRepeatMs: null,
};

function matcher(name: string, value: string): Matcher {
  const created = createMatcher('=', name, value);
  if (!created.ok) throw new Error(created.error);
  return created.value;
}

/** A decision some minutes after 03:12, at the tick of that minute. */
function at(minutes: number, over: Partial<NotificationDecision> = {}): NotificationDecision {
  const timeMs = T + minutes * MINUTE;
  return { ...SENT, tickMs: timeMs, beganAtMs: timeMs, decidedAtMs: timeMs, ...over };
}

const unchanged = (lastToldAtMs: number): Partial<NotificationDecision> => ({
  outcome: 'skipped',
  reason: 'unchanged',
  attempts: 0,
  claimHolder: null,
  lastToldAtMs,
});

describe('tandem nflog', () => {
  let log: MemoryLog;
  let nowMs = T;
  let sequence = 0;

  beforeEach(async () => {
    nowMs = T - 240 * MINUTE;
    log = new MemoryLog(new MemoryLogStorage(() => nowMs));
    await log.createTopics(topicSettings({ prefix: '', partitions: PARTITIONS }));
  });
  afterEach(() => log.close());

  async function append(...decisions: readonly NotificationDecision[]): Promise<void> {
    for (const decision of decisions) {
      nowMs = Math.max(nowMs, decision.decidedAtMs);
      sequence += 1;
      const record = notificationDecisionRecord.encode({ ...decision, sequence });
      await log.append([{ topic: TOPIC, partition: sequence % PARTITIONS, key: null, ...record }]);
    }
  }

  async function alert(labels: Readonly<Record<string, string>>, startsAtMs: number, endsAtMs: number): Promise<void> {
    const times = { startsAtMs, endsAtMs, updatedAtMs: startsAtMs, timeout: false };
    const value = { labels, annotations: {}, ...times, generatorUrl: '', receivedBy: 'b' };
    const key = alertsKey('main', fingerprint(new Map(Object.entries(labels))));
    await log.append([{ topic: 'alerts', partition: 0, key, ...alertRecord.encode(value) }]);
  }

  const query = (over: Partial<WhyQuery> = {}): WhyQuery => ({
    matchers: [matcher('alertname', 'Down')],
    timeMs: T,
    windowMs: 30 * MINUTE,
    cluster: undefined,
    ...over,
  });
  const why = async (over: Partial<WhyQuery> = {}): Promise<string> =>
    whyText(await findWhy(log, { notifications: TOPIC, alerts: 'alerts' }, query(over)), query(over));

  describe('search', () => {
    const search = (flags: Parameters<typeof filterOf>[0], limit = 100): ReturnType<typeof searchDecisions> =>
      searchDecisions(log, TOPIC, { filter: filterOf(flags, T), cluster: flags.cluster, limit, json: false });

    it('lists what is wanted, the oldest first, of the newest ones', async () => {
      await append(at(-20), at(-10, { receiver: 'other' }), at(-5, unchanged(T - 20 * MINUTE)), at(-30));
      const { text, notes } = await search({ receiver: 'te.*' }, 2);
      expect(text.split('\n').map((line) => line.slice(0, 33).trim())).toEqual([
        'TIME                      OUTCOME',
        '2026-03-01T02:52:00.000Z  sent',
        '2026-03-01T03:07:00.000Z  skipped',
      ]);
      expect(text).toContain('it was told the same at 2026-03-01T02:52:00.000Z');
      expect(notes).toEqual(['the newest 2 of 3 decisions: --limit shows more']);
    });

    it('prints JSON for programs, and says when there is nothing', async () => {
      await append(at(-20));
      const filter = filterOf({ filter: ['job="node"'], since: '1h' }, T);
      const { text } = await searchDecisions(log, TOPIC, { filter, cluster: 'main', limit: 1, json: true });
      expect(JSON.parse(text)).toMatchObject([{ time: '2026-03-01T02:52:00.000Z', outcome: 'sent', instance: 'a' }]);
      expect(await search({ since: '5m' })).toEqual({ text: '', notes: ['no decisions'] });
      expect(await search({ cluster: 'other' })).toEqual({ text: '', notes: ['no decisions'] });
    });

    it('leaves out what was appended twice, and says what it cannot read', async () => {
      const record = notificationDecisionRecord.encode({ ...at(-1), writer: 'w' });
      const broken = { ...record, value: new Uint8Array(3) };
      for (const one of [record, record, broken]) {
        await log.append([{ topic: TOPIC, partition: 0, key: null, ...one }]);
      }
      const { text, notes } = await search({});
      expect(text.split('\n')).toHaveLength(2);
      expect(notes).toEqual([expect.stringContaining('1 record of notifications cannot be read')]);
    });
  });

  it('tail: shows the newest ones, and then each as it is made, once', async () => {
    await append(at(-3), at(-2), at(-1));
    const ended = new AbortController();
    const lines: string[] = [];
    const tail = tailDecisions(log, TOPIC, {
      filter: {},
      cluster: undefined,
      json: false,
      limit: 2,
      signal: ended.signal,
      write: (line) => void lines.push(line),
    });
    const times = (): readonly string[] => lines.map((line) => line.slice(11, 16));
    await until(() => lines.length >= 2, { what: 'the newest two' });
    await append(at(0), at(1, { outcome: 'failed', reason: 'serverError', detail: '503' }));
    await until(() => lines.length >= 4, { what: 'two more' });
    ended.abort();
    await tail;
    expect(times()).toEqual(['03:10', '03:11', '03:12', '03:13']);
    expect(lines[3]).toMatch(
      /failed {2}team\/webhook\/0 {2}\{alertname="Down"\} {2}a {2}could not be told: serverError/,
    );
  });

  describe('why', () => {
    it('says who was told at the tick', async () => {
      await append(at(-2), at(-1, { ...unchanged(T - 2 * MINUTE), tickMs: T - 2 * MINUTE, instance: 'b' }));
      const text = await why();
      expect(text).toContain(
        'team/webhook/0, group {}:{alertname="Down"}\nat 2026-03-01T03:10:00.000Z, a: told of 1 firing',
      );
      expect(text).toContain('skipped');
    });

    it('says what still held, and which ticks there were, where nothing new was decided then', async () => {
      await append(at(-232), at(-227, unchanged(T - 232 * MINUTE)), at(8, { reason: 'repeat interval elapsed' }));
      const text = await why();
      expect(text).toContain(
        'a still held since 2026-02-28T23:25:00.000Z: not told: it was told the same at 2026-02-28T23:20:00.000Z, ' +
          'and is told again from 2026-03-01T03:20:00.000Z on; ' +
          'the group ticks at 2026-03-01T03:10:00.000Z and 2026-03-01T03:15:00.000Z, and nothing new was decided until then',
      );
      expect(text).toContain('2026-03-01T03:20:00.000Z  sent');
    });

    it('says that a silence stood against it, though something else held before', async () => {
      const silenced = {
        integration: null,
        index: null,
        outcome: 'suppressed',
        reason: 'silenced',
        suppressed: 1,
        alerts: SENT.alerts.map((one) => ({ ...one, silencedBy: ['s1'] })),
      };
      await append(at(-60), at(-55, unchanged(T - 60 * MINUTE)), at(-50, silenced));
      expect(await why()).toContain('not told: silenced; 1 alert kept back: 1 silenced by s1');
    });

    it('says that the group had not ticked yet', async () => {
      await append(at(1));
      expect(await why()).toContain(
        'nothing was decided yet: the group was not there, or it had not ticked (group_wait); ' +
          'the first decision is 1m later, 2026-03-01T03:13:00.000Z: told of 1 firing: first notification',
      );
    });

    it('says what is known of the alerts, and who was there, where nothing was decided about them', async () => {
      expect(await why()).toBe(
        'nothing was decided about such alerts\n' +
          'the log has no such alert: none was received, or it was resolved and is past its use\n' +
          'no instance wrote any decision from 2026-03-01T02:42:00.000Z to 2026-03-01T03:42:00.000Z: ' +
          'none ran, or no group had anything new',
      );
      await append(at(-1), at(1));
      await alert({ alertname: 'Full', n: 'late' }, T + MINUTE, T + 2 * MINUTE);
      await alert({ alertname: 'Full', n: 'over' }, T - 9 * MINUTE, T - MINUTE);
      await alert({ alertname: 'Full', n: 'then' }, T - 5 * MINUTE, T + 99 * MINUTE);
      const text = await why({ matchers: [matcher('alertname', 'Full')] });
      expect(text.split('\n')).toEqual([
        'nothing was decided about such alerts',
        '{alertname="Full", n="over"}: it was resolved at 2026-03-01T03:11:00.000Z, before that',
        expect.stringContaining('n="then"}: it fired since 2026-03-01T03:07:00.000Z (last received by b at'),
        '{alertname="Full", n="late"}: it began at 2026-03-01T03:13:00.000Z, later than that',
        expect.stringMatching(/^instances that wrote decisions of other groups from .*: a \(2\)$/),
      ]);
    });

    it('says the same to programs', async () => {
      await append(at(-2));
      const found = await findWhy(log, { notifications: TOPIC, alerts: 'alerts' }, query());
      expect(JSON.parse(whyJson(found, query()))).toMatchObject({
        time: '2026-03-01T03:12:00.000Z',
        targets: [
          {
            target: 'team/webhook/0',
            verdict: expect.stringContaining('told of 1 firing'),
            tickBefore: '2026-03-01T03:10:00.000Z',
            tickAfter: '2026-03-01T03:15:00.000Z',
            decisions: [{ outcome: 'sent' }],
          },
        ],
        reasons: [],
      });
    });
  });

  describe('its flags', () => {
    it('take times of day as the last ones that were', () => {
      expect(pointInTime('03:12', T)).toBe(T);
      expect(pointInTime('03:12:01', T)).toBe(T + 1000 - 1440 * MINUTE);
      expect(pointInTime('2026-03-01T03:12:00Z', 0)).toBe(T);
      expect(pointInTime(String(T / 1000), 0)).toBe(T);
    });

    it.each([
      [() => pointInTime('24:00', T), 'TIME: expected RFC 3339'],
      [() => filterOf({ since: 'noon' }, T), '--since: expected a duration'],
      [() => filterOf({ outcome: ['lost'] }, T), 'bad outcome "lost"'],
      [() => filterOf({ filter: ['a'] }, T), 'bad matcher format'],
      [() => countFlag('--limit', '0'), '--limit: expected a whole number from 1 up, got "0"'],
    ])('are refused where they are wrong', (read, problem) => {
      expect(read).toThrow(CommandExit);
      expect(read).toThrow(problem);
    });
  });
});
