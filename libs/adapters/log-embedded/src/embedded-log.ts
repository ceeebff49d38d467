import {
  type JoinRequest,
  type Log,
  LogError,
  type Membership,
  type OutgoingRecord,
  type PartitionBounds,
  type Position,
  type ReadRequest,
  type RecordBatch,
  type TopicMismatch,
  type TopicOutcome,
  type TopicSettings,
} from '@tandem/stream';
import { type Logger, NO_LOGGER } from '@tandem/telemetry';
import { committedPosition } from './claim-table.ts';
import { GroupMember } from './group-member.ts';
import { appendAll, checkSpace, prepare } from './prepare.ts';
import { checkRange } from './reader.ts';
import { Session } from './session.ts';
import { Store } from './store.ts';
import { messageOf } from './tables.ts';

const MIB = 1_048_576;
const LONGEST_GROUP = 249;

/** How to open a log in a directory. */
export interface EmbeddedLogOptions {
  /** The data directory, made when missing. On a local file system: LMDB maps its file and locks by shared memory. */
  readonly path: string;
  /** Unix ms, for append times. Default `Date.now`. */
  readonly now?: () => number;
  readonly logger?: Logger;
  /** Bytes of records beyond which appends are refused as `full`. Default: what the file system has. */
  readonly maxBytes?: number;
  /** Bytes of appends that may wait for the disk before more are refused as `unavailable`. Default 64 MiB. */
  readonly maxWaitingBytes?: number;
  /** Time between two signs of life of a client that is in a group, ms. Default 1000. */
  readonly heartbeatMs?: number;
  /** Time without a sign of life after which a client is out of its groups, ms. Default 4000. */
  readonly sessionTimeoutMs?: number;
  /** How long a handler may go on after its claim was revoked before the claim is taken from it, ms. Default 10 000. */
  readonly revokeTimeoutMs?: number;
  /** Time between two rounds of removing what is past its retention, ms. Default 10 000. */
  readonly housekeepingMs?: number;
  /** How long compacted topics keep tombstones, ms. Default one day. */
  readonly tombstoneMs?: number;
}

/**
 * Opens the log of a data directory. Any number of clients, in any number of processes of the machine, may have it open.
 *
 * @throws {LogError} `misconfigured` when a newer version has written the directory, `unavailable` when it cannot be opened
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<Log> {
  const store = await Store.open({
    path: options.path,
    now: options.now ?? Date.now,
    logger: options.logger ?? NO_LOGGER,
    maxWaitingBytes: options.maxWaitingBytes ?? 64 * MIB,
    housekeepingMs: options.housekeepingMs ?? 10_000,
    tombstoneMs: options.tombstoneMs ?? 86_400_000,
  });
  return new EmbeddedLog(store, options);
}

/** A client of a store. */
class EmbeddedLog implements Log {
  readonly #store: Store;
  readonly #options: EmbeddedLogOptions;
  readonly #logger: Logger;
  readonly #maxBytes: number;
  readonly #session: Session;
  readonly #members = new Set<GroupMember>();
  readonly #closing = new AbortController();
  readonly #appends = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(store: Store, options: EmbeddedLogOptions) {
    this.#store = store;
    this.#options = options;
    this.#logger = options.logger ?? NO_LOGGER;
    this.#maxBytes = options.maxBytes ?? Infinity;
    this.#session = new Session({
      store,
      logger: this.#logger,
      heartbeatMs: options.heartbeatMs ?? 1000,
      sessionTimeoutMs: options.sessionTimeoutMs ?? 4000,
    });
  }

  async append(records: readonly OutgoingRecord[]): Promise<readonly Position[]> {
    this.#checkOpen('append');
    const prepared = prepare(this.#store.topics, records);
    if (prepared.records.length === 0) return [];
    return this.#underWay(
      this.#store.queue.offer({
        bytes: prepared.bytes,
        run: (transaction) => {
          checkSpace(transaction, prepared, this.#maxBytes);
          return appendAll(transaction, prepared);
        },
      }),
    );
  }

  async *read(request: ReadRequest): AsyncGenerator<RecordBatch, void, void> {
    this.#checkOpen('read');
    checkRange(request);
    const id = this.#store.topics.id(request.topic, request.partition);
    const { signal = this.#closing.signal } = request;
    yield* this.#store.reader.read(id, request, AbortSignal.any([signal, this.#closing.signal]));
  }

  async bounds(topic: string, partition: number): Promise<PartitionBounds> {
    const { start, end } = this.#store.reader.state(this.#id(topic, partition));
    return Promise.resolve({ start, end });
  }

  async offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    return Promise.resolve(this.#store.reader.offsetAt(this.#id(topic, partition), timeMs));
  }

  async partitions(topic: string): Promise<number> {
    this.#checkOpen('look');
    return Promise.resolve(this.#store.topics.layout(topic).partitions);
  }

  async join(request: JoinRequest): Promise<Membership> {
    this.#checkOpen('join');
    if (request.group === '' || request.group.length > LONGEST_GROUP || request.group.includes('\0')) {
      throw new LogError(
        'misconfigured',
        `cannot join group "${request.group}": names have 1 to ${LONGEST_GROUP} characters`,
      );
    }
    await this.#session.start();
    const member = await GroupMember.join({
      store: this.#store,
      session: this.#session.id,
      request,
      revokeTimeoutMs: this.#options.revokeTimeoutMs ?? 10_000,
      maxBytes: this.#maxBytes,
      onError: (error) => this.#failed(request, error),
    });
    this.#members.add(member);
    if (this.#closing.signal.aborted) await member.leave();
    this.#checkOpen('join');
    return member;
  }

  async committed(group: string, topic: string, partition: number): Promise<number | undefined> {
    this.#id(topic, partition);
    this.#store.tables.root.resetReadTxn();
    return Promise.resolve(committedPosition(this.#store.tables, { group, topic, partition }));
  }

  async createTopics(topics: readonly TopicSettings[]): Promise<readonly TopicOutcome[]> {
    this.#checkOpen('create topics');
    return this.#underWay(this.#store.queue.run({ bytes: 0, run: () => this.#store.topics.create(topics) }));
  }

  async checkTopics(topics: readonly TopicSettings[]): Promise<readonly TopicMismatch[]> {
    this.#checkOpen('check topics');
    this.#store.tables.root.resetReadTxn();
    return Promise.resolve(this.#store.topics.check(topics));
  }

  async ping(): Promise<void> {
    this.#checkOpen('ping');
    await this.#underWay(this.#store.queue.run({ bytes: 0, run: () => undefined }));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    const results = await Promise.allSettled([...this.#members].map((member) => member.leave()));
    await Promise.allSettled(this.#appends);
    results.push(...(await Promise.allSettled([this.#session.end()])));
    for (const result of results) {
      if (result.status === 'rejected') {
        this.#logger.warn({ error: messageOf(result.reason) }, 'cannot leave in order, the others will notice');
      }
    }
    await this.#store.release();
  }

  #id(topic: string, partition: number): number {
    this.#checkOpen('look');
    return this.#store.topics.id(topic, partition);
  }

  #checkOpen(what: string): void {
    if (this.#closing.signal.aborted) throw new LogError('closed', `cannot ${what}: the log is closed`);
  }

  async #underWay<T>(call: Promise<T>): Promise<T> {
    this.#appends.add(call);
    try {
      return await call;
    } finally {
      this.#appends.delete(call);
    }
  }

  #failed(request: JoinRequest, error: unknown): void {
    this.#logger.warn({ group: request.group, error: messageOf(error) }, 'a claim ended with a failure');
    request.onError?.(error);
  }
}
