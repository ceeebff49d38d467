import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DecisionTopic, type FoundDecisions } from '@tandem/alerts';
import { notificationDecisionRecord } from '@tandem/records';
import { type Log } from '@tandem/stream';
import { createLogger, createMetrics } from '@tandem/telemetry';
import { acquireKafka, kafka, LaunchedProcess, runTandem, tempDir, until, type Kafka } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { openLog } from '../src/compose/drivers.ts';
import { configFromText } from '../src/config/load.ts';

const WRITER = fileURLToPath(new URL('./decision-writer.mjs', import.meta.url));
const TANDEM = fileURLToPath(new URL('../bin/tandem.js', import.meta.url));
const describeWithKafka = await requires(kafka);

function openTopic(log: Log, topic: string): DecisionTopic {
  const opened = new DecisionTopic({
    reader: log,
    topic,
    cluster: 'main',
    clock: { now: Date.now, sleep: (ms, signal) => pause(ms, true, { signal, ref: false }).catch(() => false) },
    metrics: createMetrics({ version: 'test', processMetrics: false }),
    onError: (error) => {
      throw error;
    },
  });
  opened.start();
  return opened;
}

/** What there is of all decisions, once the index has come to the end of the log. */
async function everything(topic: DecisionTopic): Promise<FoundDecisions> {
  return until(
    async () => {
      const found = await topic.search({ filter: {}, limit: 100_000 });
      return found !== 'log-away' && found.complete && found;
    },
    { what: 'the index to be complete', timeoutMs: 30_000 },
  );
}

describe('decisions on the embedded log', () => {
  const folder = tempDir('tandem-nflog');
  const path = join(folder.path, 'data', 'log');
  const acknowledged = new Map<string, number>();
  const nflog = (...args: readonly string[]): ReturnType<typeof runTandem> =>
    runTandem(['nflog', ...args], { cwd: folder.path, timeoutMs: 60_000 });

  function writerOf(name: string): LaunchedProcess {
    return new LaunchedProcess({ name, command: process.execPath, args: [WRITER, path, name] });
  }
  const writtenBy = (writer: LaunchedProcess): number =>
    Number([...writer.output.text.matchAll(/^written (\d+)$/gm)].at(-1)?.[1] ?? 0);

  /** Lets a writer write, and kills it amid that. */
  async function writeAndKill(name: string): Promise<void> {
    const writer = writerOf(name);
    await writer.start();
    await until(() => writtenBy(writer) >= 100, { what: `decisions of ${name}`, timeoutMs: 60_000 });
    await writer.kill();
    acknowledged.set(name, writtenBy(writer));
  }

  beforeAll(async () => {
    await writeAndKill('first');
    await writeAndKill('second');
  }, 150_000);
  afterAll(() => folder.remove());

  test('D5, D7: each that was acknowledged before kill -9 is in an index that begins anew, once', async () => {
    const config = configFromText(`storage: { path: ${JSON.stringify(join(folder.path, 'data'))} }`);
    const log = await openLog(config, createLogger({ level: 'warn', format: 'logfmt' }));
    const topic = openTopic(log, 'tandem.notifications');
    try {
      const { decisions } = await everything(topic);
      for (const [name, count] of acknowledged) {
        const sequences = decisions.filter(({ writer }) => writer === name).map(({ sequence }) => sequence);
        const inOrder = sequences.toSorted((a, b) => a - b);
        expect(inOrder.length).toBeGreaterThanOrEqual(count);
        expect(inOrder).toEqual(Array.from(inOrder, (_, index) => index + 1));
      }
    } finally {
      topic.stop();
      await log.close();
    }
  }, 60_000);

  test('search: finds one of them by a label, from the log alone', async () => {
    const { exit, output } = await nflog('search', '--filter=alertname="second-7"', '--outcome', 'suppressed');
    expect(output).toMatch(/suppressed +team +\{alertname="second-7"\} +a +not told: silenced; 1 alert kept back/);
    expect(output.trim().split('\n')).toHaveLength(2);
    expect(exit.code).toBe(0);
  }, 60_000);

  test('why: says that a silence stood against it', async () => {
    const now = String(Date.now() / 1000);
    const { exit, output } = await nflog('why', 'alertname="first-3"', now, '--window', '1h');
    expect(output).toContain('team, group {}:{alertname="first-3"}');
    expect(output).toContain('1 silenced by silence-1');
    expect(exit.code).toBe(0);
    const other = await nflog('why', 'alertname="none"', now);
    expect(other.output).toContain('nothing was decided about such alerts\nthe log has no such alert');
  }, 60_000);

  test('tail: shows what another process decides, until it is told to stop', async () => {
    const tail = new LaunchedProcess({
      name: 'tail',
      command: process.execPath,
      args: [TANDEM, 'nflog', 'tail', '--lines=3', '--json'],
      cwd: folder.path,
    });
    const writer = writerOf('third');
    await tail.start();
    await until(() => tail.output.text.includes('second-'), { what: 'what was before', timeoutMs: 30_000 });
    await writer.start();
    await until(() => tail.output.text.includes('third-20'), { what: 'what is new', timeoutMs: 60_000 });
    await writer.kill();
    const exit = await tail.stop();
    expect(exit.code).toBe(0);
    const lines = tail.output.text.trim().split('\n');
    const shown = lines.map(
      (line) => (JSON.parse(line) as { groupLabels: { alertname: string } }).groupLabels.alertname,
    );
    expect(shown.filter((name) => !name.startsWith('third-'))).toHaveLength(3);
    expect(new Set(shown).size).toBe(shown.length);
  }, 120_000);

  test.each([
    [['search', '--limit=none'], '--limit: expected a whole number'],
    [['search', '--outcome=lost'], 'bad outcome "lost"'],
    [['why', 'alertname="X"'], "missing required argument 'time'"],
    [['why', 'a', '03:12'], 'cannot read ALERTS'],
    [['why', 'a="b"', 'noon'], 'TIME: expected RFC 3339'],
  ])(
    'ends with 2 for %j',
    async (args, message) => {
      const { exit, output } = await nflog(...args);
      expect(output).toContain(message);
      expect(exit.code).toBe(2);
    },
    60_000,
  );
});

describeWithKafka('decisions on Kafka', () => {
  const folder = tempDir('tandem-nflog-kafka');
  const prefix = `nflog-${Date.now().toString(36)}.`;
  let broker: Kafka;
  let log: Log;
  const run = (...args: readonly string[]): ReturnType<typeof runTandem> =>
    runTandem([...args, '--config.file=kafka.yaml'], { cwd: folder.path, timeoutMs: 60_000 });

  beforeAll(async () => {
    broker = await acquireKafka();
    const brokers = JSON.stringify(broker.brokers);
    const config = `stream: { driver: kafka, partitions: 2, kafka: { brokers: ${brokers}, topic_prefix: ${prefix} } }\n`;
    await writeFile(join(folder.path, 'kafka.yaml'), config);
    await run('topics', 'create');
    log = await openLog(configFromText(config), createLogger({ level: 'warn', format: 'logfmt' }));
    for (let sequence = 1; sequence <= 40; sequence++) {
      const decidedAtMs = Date.now() - 1000 + sequence;
      const times = {
        tickMs: decidedAtMs,
        beganAtMs: decidedAtMs,
        decidedAtMs,
        groupIntervalMs: 1,
        repeatIntervalMs: 1,
      };
      const who = { cluster: 'main', instance: 'a', writer: 'w', sequence, position: 0, waitedMs: 0 };
      const target = { groupKey: '{}:{}', groupLabels: {}, receiver: 'team', integration: 'webhook', index: 0 };
      const ended = { outcome: 'sent', reason: String(sequence), detail: '200 OK', attempts: 1, answers: [] };
      const claim = { lastToldAtMs: null, claimHolder: 'a', failOpen: false };
      const alerts = { firing: 0, resolved: 0, suppressed: 0, alerts: [], alertsCut: 0, mutedBy: [] };
      const repeats = { repeats: 0, lastRepeatMs: null };
      const record = notificationDecisionRecord.encode({
        ...who,
        ...times,
        ...target,
        ...ended,
        ...claim,
        ...alerts,
        ...repeats,
      });
      await log.append([{ topic: `${prefix}notifications`, partition: sequence % 2, key: null, ...record }]);
    }
  }, 120_000);
  afterAll(async () => {
    await log.close();
    await broker.stop();
    await folder.remove();
  }, 60_000);

  test('the index finds them, the newest first', async () => {
    const topic = openTopic(log, `${prefix}notifications`);
    const { decisions } = await everything(topic);
    topic.stop();
    expect(decisions.map(({ reason }) => reason)).toEqual(Array.from({ length: 40 }, (_, n) => String(40 - n)));
  }, 60_000);

  test('search reads them too', async () => {
    const { exit, output } = await run('nflog', 'search', '--receiver=team', '--limit=2', '--json');
    expect(exit.code).toBe(0);
    const [json = ''] = output.split('\nthe newest');
    expect(JSON.parse(json)).toMatchObject([{ reason: '39' }, { reason: '40' }]);
  }, 60_000);
});
