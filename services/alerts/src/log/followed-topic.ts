import { type RecordReader } from '@tandem/stream';

import { retrying, type Retrying } from './retrying.ts';
import { TopicTail, type TopicTailOptions } from './topic-tail.ts';

/** What is followed, and how. */
export interface FollowedTopicOptions extends Pick<TopicTailOptions, 'topic' | 'apply'>, Retrying {
  readonly reader: Pick<RecordReader, 'read' | 'bounds' | 'partitions'>;
}

/** A topic that is followed as soon as the log can be asked for it. */
export class FollowedTopic {
  readonly #options: FollowedTopicOptions;
  readonly #opened: Promise<TopicTail | undefined>;
  #tail: TopicTail | undefined;
  #open: (tail: TopicTail | undefined) => void = () => undefined;

  constructor(options: FollowedTopicOptions) {
    this.#options = options;
    this.#opened = new Promise((resolve) => (this.#open = resolve));
  }

  /** Its tail; `undefined` as long as the log could not be asked for the topic. */
  get tail(): TopicTail | undefined {
    return this.#tail;
  }

  /** Its tail as soon as there is one; `undefined`: it was given up. */
  opened(): Promise<TopicTail | undefined> {
    return this.#opened;
  }

  /** Begins to follow. Never rejects. */
  async follow(): Promise<void> {
    await retrying(async () => {
      this.#tail = await TopicTail.open(this.#options);
    }, this.#options);
    this.#open(this.#tail);
  }

  /** Waits until everything is applied that was acknowledged before. @returns false where it was given up */
  async readToEnd(): Promise<boolean> {
    const tail = await this.#opened;
    return tail !== undefined && retrying(() => tail.readAllToEnd(this.#options.signal), this.#options);
  }
}
