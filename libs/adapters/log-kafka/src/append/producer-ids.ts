import { type Cluster } from '../cluster/cluster.ts';
import { expectOk } from '../wire/errors.ts';
import { type Producer } from '../wire/messages.ts';

/** Hands out the producer id of idempotent batches: the same one until something went wrong, then a new one. */
export class ProducerIds {
  readonly #cluster: Cluster;
  readonly #timeoutMs: number;
  #current: Promise<Producer> | undefined;

  constructor(cluster: Cluster, timeoutMs: number) {
    this.#cluster = cluster;
    this.#timeoutMs = timeoutMs;
  }

  /** The producer for partitions that begin a sequence. */
  get(): Promise<Producer> {
    if (this.#current === undefined) {
      const asked = this.#ask();
      this.#current = asked;
      asked.catch(() => {
        if (this.#current === asked) this.#current = undefined;
      });
    }
    return this.#current;
  }

  /** Whoever asks from now on gets another one. */
  renew(): void {
    this.#current = undefined;
  }

  async #ask(): Promise<Producer> {
    const broker = await this.#cluster.anyBroker();
    const fields = { transactionalId: null, transactionTimeout: this.#timeoutMs };
    const { errorCode, producerId, producerEpoch } = await broker.call('InitProducerId', fields);
    expectOk(errorCode);
    return { producerId, producerEpoch };
  }
}
