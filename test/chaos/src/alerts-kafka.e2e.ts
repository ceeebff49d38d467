import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { delay, kafkaProcess, runTandem, startKafka, tempDir, until, type KafkaProcess } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

import { AlertsFleet, NAMES, postAlert } from './alerts/alerts-fleet.ts';
import { Webhook, type Delivery } from './alerts/webhook.ts';

const TIMEOUT_MS = 180_000;
/** Wait for each place, and how often a group ticks. */
const STEP_MS = 2000;
const INTERVAL_MS = 10_000;
/** How long the failing webhook takes: two that send at once would meet there. */
const SLOW_ANSWER_MS = 400;
/** The deadline of a flush is `group_interval` and the wait: after it another instance may go on. */
const TAKEN_OVER_MS = INTERVAL_MS + 3 * STEP_MS + 30_000;

const describeWith = await requires(kafkaProcess);

describeWith('three instances of tandem alerts on Kafka, and a webhook that counts', () => {
  let kafka: KafkaProcess;
  let webhook: Webhook;
  let fleet: AlertsFleet;

  beforeAll(async () => {
    [kafka, webhook] = await Promise.all([startKafka(), Webhook.start()]);
    const log = logOf(kafka);
    await createTopics(log);
    const groupInterval = `${INTERVAL_MS}ms`;
    fleet = await AlertsFleet.start({ log, webhookUrl: webhook.url, step: `${STEP_MS}ms`, groupInterval });
  }, 180_000);
  afterAll(async () => {
    await fleet.stop();
    await Promise.all([webhook.stop(), kafka.stop()]);
  }, 60_000);
  beforeEach(async () => {
    webhook.behave(() => 200);
    await fleet.startAll();
  }, 60_000);

  /** Waits until every instance has had its turn at the group, twice. */
  const quiet = (): Promise<void> => delay(2 * INTERVAL_MS + NAMES.length * STEP_MS);
  const answered = (deliveries: readonly Delivery[], status: number): readonly Delivery[] =>
    deliveries.filter((delivery) => delivery.answered() === status);

  test(
    'an alert that is posted to one of them, or to all, is told once; and so is its end',
    async () => {
      await postAlert(fleet.of('b').url, 'PostedToOne');
      await Promise.all(fleet.instances.map(({ url }) => postAlert(url, 'PostedToAll')));
      await Promise.all([webhook.untilTold('PostedToOne', 1), webhook.untilTold('PostedToAll', 1)]);
      await postAlert(fleet.of('c').url, 'PostedToOne', 'resolved');
      await webhook.untilTold('PostedToOne', 2);
      await quiet();
      expect(webhook.about('PostedToOne').map(({ status }) => status)).toEqual(['firing', 'resolved']);
      expect(webhook.about('PostedToAll').map(({ status }) => status)).toEqual(['firing']);
    },
    TIMEOUT_MS,
  );

  test(
    'the one whose turn it is is killed before it sends: the next one tells, once',
    async () => {
      await postAlert(fleet.of('b').url, 'KilledBefore');
      await fleet.of('a').process.kill();
      const [first] = await webhook.untilTold('KilledBefore', 1);
      await quiet();
      expect(first?.sender).not.toBe('a');
      expect(webhook.about('KilledBefore')).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  test(
    'the one that sends is killed while the webhook thinks: nobody else sends before its deadline, then one does',
    async () => {
      let release = (): void => undefined;
      const thinking = new Promise<number>((resolve) => (release = () => resolve(200)));
      webhook.behave(({ sender }) => (sender === 'a' ? thinking : 200));
      await postAlert(fleet.of('b').url, 'KilledDuring');
      const [first] = await webhook.untilTold('KilledDuring', 1);
      await fleet.of(first?.sender ?? '').process.kill();
      const [, second] = await webhook.untilTold('KilledDuring', 2, TAKEN_OVER_MS);
      release();
      await quiet();
      expect(first?.sender).toBe('a');
      expect(second?.sender).not.toBe('a');
      expect(webhook.about('KilledDuring')).toHaveLength(2);
    },
    TIMEOUT_MS,
  );

  test(
    'the one that has sent is killed at once: it was told once, or once more because nobody could know',
    async () => {
      await postAlert(fleet.of('b').url, 'KilledAfter');
      const [first] = await webhook.untilTold('KilledAfter', 1);
      await fleet.of(first?.sender ?? '').process.kill();
      await until(() => Date.now() - (first?.atMs ?? 0) > TAKEN_OVER_MS, { what: 'the deadline', timeoutMs: 60_000 });
      expect(webhook.about('KilledAfter').length).toBeLessThanOrEqual(2);
    },
    TIMEOUT_MS,
  );

  test(
    'a webhook that takes longer than the steps of the others is told once',
    async () => {
      webhook.behave(() => delay(3 * STEP_MS).then(() => 200));
      await postAlert(fleet.of('a').url, 'Slow');
      await webhook.untilTold('Slow', 1);
      await quiet();
      expect(webhook.about('Slow')).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  test(
    'a webhook that fails is tried again by one at a time, and told once when it is well',
    async () => {
      const endMs = Date.now() + 2 * INTERVAL_MS;
      webhook.behave(() => delay(SLOW_ANSWER_MS).then(() => (Date.now() < endMs ? 500 : 200)));
      await postAlert(fleet.of('c').url, 'Failing');
      await until(() => answered(webhook.about('Failing'), 200).length > 0, { what: 'success', timeoutMs: 90_000 });
      await quiet();
      expect(answered(webhook.about('Failing'), 200)).toHaveLength(1);
      expect(webhook.most).toBe(1);
    },
    TIMEOUT_MS,
  );

  test(
    'all are killed and come back: what was told is not told again, and the end of it is',
    async () => {
      await postAlert(fleet.of('a').url, 'Restarted');
      await webhook.untilTold('Restarted', 1);
      await delay(STEP_MS);
      await fleet.killAll();
      await fleet.startAll();
      await quiet();
      expect(webhook.about('Restarted')).toHaveLength(1);
      await postAlert(fleet.of('b').url, 'Restarted', 'resolved');
      const [, end] = await webhook.untilTold('Restarted', 2);
      expect(end?.status).toBe('resolved');
    },
    TIMEOUT_MS,
  );

  test(
    'the broker is killed: alerts are taken and told, by each at most once; when it is back, what comes is told once',
    async () => {
      await kafka.kill();
      await postAlert(fleet.of('a').url, 'WithoutBroker');
      await webhook.untilTold('WithoutBroker', 1, 90_000);
      await kafka.restart();
      await fleet.startAll();
      await postAlert(fleet.of('b').url, 'WithBroker');
      await webhook.untilTold('WithBroker', 1, 90_000);
      await quiet();
      const senders = webhook.about('WithoutBroker').map(({ sender }) => sender);
      expect(senders).toEqual([...new Set(senders)]);
      expect(webhook.about('WithBroker')).toHaveLength(1);
    },
    TIMEOUT_MS,
  );
});

function logOf({ brokers }: KafkaProcess): string {
  const prefix = `alerts-${randomBytes(4).toString('hex')}.`;
  return `stream:
  driver: kafka
  partitions: 4
  kafka: { brokers: ${JSON.stringify(brokers)}, topic_prefix: ${prefix}, request_timeout: 3s }
`;
}

async function createTopics(log: string): Promise<void> {
  const folder = tempDir('alerts-topics');
  const file = join(folder.path, 'tandem.yaml');
  await writeFile(file, log);
  const { exit, output } = await runTandem(['topics', 'create', `--config.file=${file}`]);
  await folder.remove();
  if (exit.code !== 0) throw new Error(`cannot create the topics: ${output}`);
}
