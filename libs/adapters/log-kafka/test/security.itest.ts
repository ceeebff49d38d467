import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openKafkaLog, type KafkaLogOptions } from '../src/index.ts';
import { type KafkaProcess, kafkaProcess, type KafkaSecurity, type SecuredListener, startKafka } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';

const describeWith = await requires(kafkaProcess);
const START_MS = 120_000;

const LISTENERS: readonly [string, KafkaSecurity][] = [
  ['TLS', { tls: 'server' }],
  ['TLS with client certificates', { tls: 'mutual' }],
  ['SASL PLAIN over TLS', { tls: 'server', sasl: 'PLAIN' }],
  ['SCRAM-SHA-256', { sasl: 'SCRAM-SHA-256' }],
  ['SCRAM-SHA-512 over TLS with client certificates', { tls: 'mutual', sasl: 'SCRAM-SHA-512' }],
];

const WRONG_PASSWORD = 'wrong-horse';

interface Wrong {
  readonly what: string;
  readonly applies: (security: KafkaSecurity) => boolean;
  readonly options: (secured: SecuredListener) => Partial<KafkaLogOptions>;
  readonly says: RegExp;
}

const WRONG: readonly Wrong[] = [
  {
    what: 'a wrong password',
    applies: ({ sasl }) => sasl !== undefined,
    options: ({ sasl }) => (sasl === undefined ? {} : { sasl: { ...sasl, password: WRONG_PASSWORD } }),
    says: /authenticat/i,
  },
  {
    what: 'a certificate nobody vouches for',
    applies: ({ tls }) => tls !== undefined,
    options: ({ tls }) => ({ tls: { cert: tls?.cert ?? '', key: tls?.key ?? '' } }),
    says: /certificate/,
  },
  {
    what: 'a client without a certificate',
    applies: ({ tls }) => tls === 'mutual',
    options: ({ tls }) => ({ tls: { ca: tls?.ca ?? '' } }),
    says: /certificate|alert/i,
  },
];

/** A logger that keeps all it was told. */
function recorder(): { readonly text: () => string; readonly logger: NonNullable<KafkaLogOptions['logger']> } {
  const lines: string[] = [];
  const keep = (fields: object, message: string): number => lines.push(`${message} ${JSON.stringify(fields)}`);
  return { text: () => lines.join('\n'), logger: { debug: keep, info: keep, warn: keep, error: keep } };
}

describeWith('a protected listener', () => {
  describe.each(LISTENERS)('with %s', (_name, security) => {
    let broker: KafkaProcess;

    beforeAll(async () => {
      broker = await startKafka({ security });
    }, START_MS);

    afterAll(async () => broker.stop());

    function options(more: Partial<KafkaLogOptions> = {}): KafkaLogOptions {
      const { brokers = [], tls, sasl } = broker.secured ?? {};
      return {
        brokers,
        clientId: 'test',
        timeoutMs: 5000,
        ...(tls === undefined ? {} : { tls }),
        ...(sasl === undefined ? {} : { sasl }),
        ...more,
      };
    }

    test('takes appends and gives them back', async () => {
      const { logger, text } = recorder();
      const log = await openKafkaLog(options({ logger }));
      try {
        await log.createTopics([{ name: 'secured', partitions: 1, policy: 'delete', maxRecordBytes: 1000 }]);
        await log.append([{ topic: 'secured', partition: 0, key: null, value: Buffer.from('x') }]);
        expect(await log.bounds('secured', 0)).toEqual({ start: 0, end: 1 });
      } finally {
        await log.close();
      }
      expect(text()).not.toContain(broker.secured?.sasl?.password ?? 'no password');
    });

    test.each(WRONG.filter((one) => one.applies(security)))('refuses $what, and says so', async (wrong) => {
      const { logger, text } = recorder();
      const opening = openKafkaLog(options({ logger, ...wrong.options(broker.secured ?? { brokers: [] }) }));
      await expect(opening).rejects.toMatchObject({ name: 'LogError', reason: 'misconfigured' });
      await expect(opening).rejects.toThrow(wrong.says);
      await expect(opening).rejects.not.toThrow(WRONG_PASSWORD);
      expect(text()).not.toContain(WRONG_PASSWORD);
    });
  });
});
