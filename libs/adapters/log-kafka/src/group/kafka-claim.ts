import { type Claim, LogError, type OutgoingRecord } from '@tandem/stream';
import { asLogError } from '../wire/errors.ts';
import { type TopicPartition } from './assignment.ts';
import { type TransactionalProducer } from './transaction.ts';

/** A claim as its handler sees it. It is over with its first failed commit. */
export class KafkaClaim implements Claim {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly signal: AbortSignal;
  readonly #group: string;
  readonly #producer: TransactionalProducer;
  readonly #over = new AbortController();
  #committing: Promise<void> | undefined;
  #committed: number | undefined;
  #failure: LogError | undefined;

  constructor(group: string, source: TopicPartition, position: number, producer: TransactionalProducer) {
    this.topic = source.topic;
    this.partition = source.partition;
    this.position = position;
    this.signal = this.#over.signal;
    this.#group = group;
    this.#producer = producer;
  }

  /** The commit that ended it. */
  get failure(): LogError | undefined {
    return this.#failure;
  }

  /** The position of the last commit that succeeded. */
  get committed(): number | undefined {
    return this.#committed;
  }

  /** Takes it back. */
  end(): void {
    this.#over.abort();
  }

  /** Resolves when no commit is under way. */
  async idle(): Promise<void> {
    await this.#committing?.catch(() => undefined);
  }

  /** @inheritdoc */
  async commit(next: number, outputs: readonly OutgoingRecord[] = []): Promise<void> {
    if (this.signal.aborted) throw new LogError('fenced', `cannot commit ${this.#name}: the claim is over`);
    if (this.#committing !== undefined) throw new Error(`cannot commit ${this.#name}: a commit is under way`);
    const source = { topic: this.topic, partition: this.partition };
    this.#committing = this.#producer.commit({ group: this.#group, source, next, outputs });
    try {
      await this.#committing;
      this.#committed = next;
    } catch (error) {
      this.#failure = asLogError(error, `commit ${this.#name}`);
      this.end();
      throw this.#failure;
    } finally {
      this.#committing = undefined;
    }
  }

  get #name(): string {
    return `"${this.topic}" partition ${this.partition} of group "${this.#group}"`;
  }
}
