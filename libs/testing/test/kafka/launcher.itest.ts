import { expect, test } from '@jest/globals';
import { KAFKA_VERSIONS, kafkaProcess, portOpen, startKafka } from '../../src/index.ts';
import { requires } from '../../src/suites.ts';

const describeWith = await requires(kafkaProcess);
const TIMEOUT_MS = 240_000;

function port(brokers: readonly string[] = []): number {
  return Number(brokers[0]?.split(':')[1]);
}

describeWith('the Kafka launcher', () => {
  test.each(KAFKA_VERSIONS)(
    'starts Kafka %s with a protected listener, and again on the same ports after a kill',
    async (version) => {
      const broker = await startKafka({ version, security: { tls: 'mutual', sasl: 'SCRAM-SHA-512' } });
      try {
        const { pid } = broker;
        expect(await portOpen(port(broker.brokers))).toBe(true);
        expect(await portOpen(port(broker.secured?.brokers))).toBe(true);
        await broker.kill();
        expect(await portOpen(port(broker.brokers))).toBe(false);
        await broker.restart();
        expect(broker.pid).not.toBe(pid);
        expect(await portOpen(port(broker.brokers))).toBe(true);
      } finally {
        await broker.stop();
      }
    },
    TIMEOUT_MS,
  );
});
