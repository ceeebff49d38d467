import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openKafkaLog, type KafkaLogOptions } from '@tandem/log-kafka';
import { type KafkaProcess, kafkaProcess, type KafkaSecurity, startKafka } from '@tandem/testing';
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
      if (broker.secured?.sasl !== undefined) expect(text()).not.toContain(broker.secured.sasl.password);
    });

    const { tls, sasl } = security;
    (sasl === undefined ? test.skip : test)('refuses a wrong password, which is said and not told', async () => {
      const { logger, text } = recorder();
      const secured = broker.secured?.sasl;
      if (secured === undefined) throw new Error('no login');
      const opening = openKafkaLog(options({ logger, sasl: { ...secured, password: 'wrong-horse' } }));
      await expect(opening).rejects.toMatchObject({ name: 'LogError', reason: 'misconfigured' });
      const said = await opening.catch(String);
      expect(said).toMatch(/authenticat/i);
      expect(`${text()} ${String(said)}`).not.toContain('wrong-horse');
    });

    (tls === undefined ? test.skip : test)(
      'with a certificate nobody vouches for is refused by the client',
      async () => {
        const { ca: _ca, ...strange } = broker.secured?.tls ?? {};
        const opening = openKafkaLog(options({ tls: strange }));
        await expect(opening).rejects.toMatchObject({ reason: 'misconfigured' });
        await expect(opening).rejects.toThrow(/certificate/);
      },
    );

    (tls === 'mutual' ? test : test.skip)('refuses a client without a certificate', async () => {
      const opening = openKafkaLog(options({ tls: { ca: broker.secured?.tls?.ca ?? '' } }));
      await expect(opening).rejects.toMatchObject({ reason: 'misconfigured' });
    });
  });
});
