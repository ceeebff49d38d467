import { type Log } from '@tandem/stream';
import { type KafkaOptions, type KafkaProcess, startKafka } from '@tandem/testing';
import { type DurabilityProof, type LogHarness } from '@tandem/testing/suites';
import { KafkaLog } from '../../src/kafka-log.ts';
import { ProduceTap } from './produce-tap.ts';
import { SeverableSockets } from './severable-sockets.ts';

/** Short enough to wait for in a test; the launcher's brokers allow it. */
export const SESSION_TIMEOUT_MS = 2000;

/** Runs the contract suite on a broker of a version. */
export class KafkaHarness implements LogHarness {
  readonly timeoutMs = 60_000;
  readonly durability = { prove: (): Promise<DurabilityProof> => this.#prove() };
  readonly #options: KafkaOptions;
  readonly #sockets = new Map<Log, SeverableSockets>();
  #broker: KafkaProcess | undefined;

  constructor(options: KafkaOptions) {
    this.#options = options;
  }

  get broker(): KafkaProcess {
    if (this.#broker === undefined) throw new Error('the broker was not started');
    return this.#broker;
  }

  async start(): Promise<void> {
    this.#broker = await startKafka(this.#options);
  }

  async open(): Promise<Log> {
    const sockets = new SeverableSockets();
    const log = openOn(this.broker, { sockets: sockets.factory });
    this.#sockets.set(log, sockets);
    return Promise.resolve(log);
  }

  async crash(log: Log): Promise<void> {
    this.#sockets.get(log)?.sever();
    return Promise.resolve();
  }

  async restart(): Promise<void> {
    await this.broker.kill();
    await this.broker.restart();
  }

  async close(): Promise<void> {
    await this.#broker?.stop();
  }

  async #prove(): Promise<DurabilityProof> {
    const tap = await ProduceTap.start(this.broker.brokers[0] ?? '');
    const log = openOn(this.broker, { sockets: tap.factory });
    try {
      const topic = `proof-${tap.seen.length}-${Date.now()}`;
      await log.createTopics([{ name: topic, partitions: 1, policy: 'delete', maxRecordBytes: 1_048_576 }]);
      let [acknowledged, proven] = [0, 0];
      const append = async (): Promise<void> => {
        const before = tap.seen.length;
        await log.append([{ topic, partition: 0, key: null, value: Buffer.from('x') }]);
        acknowledged += 1;
        const since = tap.seen.slice(before);
        if (since.some(({ acks, answered }) => acks === -1 && answered)) proven += 1;
      };
      for (let i = 0; i < 20; i++) await append();
      await Promise.all(Array.from({ length: 20 }, append));
      if (tap.seen.some(({ acks }) => acks !== -1)) proven = 0;
      return { acknowledged, proven, evidence: JSON.stringify(tap.seen) };
    } finally {
      await log.close();
      await tap.stop();
    }
  }
}

/** A client of a broker, through sockets of the test. */
export function openOn(broker: KafkaProcess, { sockets }: { sockets: SeverableSockets['factory'] }): KafkaLog {
  const clientId = 'tandem-test';
  return new KafkaLog({ brokers: broker.brokers, clientId, sessionTimeoutMs: SESSION_TIMEOUT_MS }, sockets);
}
