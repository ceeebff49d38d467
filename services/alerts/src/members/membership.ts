import { compareText, MemberTable, ownerOf, type Member } from '@tandem/alerting';
import { partitionOf, type LogRecord, type RecordAppender } from '@tandem/stream';

import { type AlertsClock } from '../clock.ts';
import { inTime } from '../log/patience.ts';
import { type Written } from '../log/written.ts';
import { type LogClock } from './log-clock.ts';
import { MemberCodec } from './member-codec.ts';

/** Silence after which an instance that did not say good-bye is forgotten, ms. */
const FORGOTTEN_MS = 24 * 3_600_000;

/** What membership needs. */
export interface MembershipOptions {
  readonly cluster: string;
  readonly topic: string;
  readonly appender: Pick<RecordAppender, 'append'>;
  readonly own: Omit<Member, 'configHash'>;
  readonly startedAtMs: number;
  /** Silence after which an instance is not there any more, ms. */
  readonly timeoutMs: number;
  /** The instance's own clock. */
  readonly clock: AlertsClock;
  readonly logClock: LogClock;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  /** Told of a heartbeat that failed, and of a record that cannot be read. */
  readonly onError: (error: unknown) => void;
  /** Told when instances have come or gone. */
  readonly onChange: () => void;
}

/** The live instances of a cluster, this one among them (SPEC.md, C1 to C3). */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #codec: MemberCodec;
  readonly #table: MemberTable;
  #configHash: string;
  #isBeating = false;
  #live: readonly Member[];
  #names = '';
  #heardBeforeMs: number | undefined;

  constructor(options: MembershipOptions, configHash: string) {
    this.#options = options;
    this.#table = new MemberTable(options.timeoutMs);
    this.#codec = new MemberCodec(options.cluster);
    this.#configHash = configHash;
    this.#live = [{ ...options.own, configHash }];
  }

  /** Another configuration is in force: the next heartbeat says so. */
  set configHash(hash: string) {
    this.#configHash = hash;
    this.#look();
  }

  /** When anybody of the cluster was last heard before this life of the instance, log time, Unix ms. */
  get heardBeforeMs(): number | undefined {
    return this.#heardBeforeMs;
  }

  /** Names of instances that are not heard any more, and did not say good-bye. */
  failed(): readonly string[] {
    return this.#table.gone(this.#table.lastHeardMs() ?? 0);
  }

  /** The live instances by name, this one included. As long as nothing can be heard, those there were before (C2). */
  live(): readonly Member[] {
    return this.#live;
  }

  /** Place of this instance among the live ones. */
  position(): number {
    return this.#live.findIndex(({ name }) => name === this.#options.own.name);
  }

  /** Whether a group is this instance's, where each is of one. */
  owns(groupId: string): boolean {
    const names = this.#live.map(({ name }) => name);
    return ownerOf(groupId, names) === this.#options.own.name;
  }

  /** Other instances that have a configuration of their own. */
  differing(): readonly Member[] {
    return this.#live.filter(({ configHash }) => configHash !== this.#configHash);
  }

  /** A record of the topic. */
  apply(record: LogRecord): void {
    const decoded = this.#codec.decode(record);
    if (decoded === undefined) return;
    switch (decoded.kind) {
      case 'heard': {
        const { member, sentAtMs } = decoded.heartbeat;
        this.#table.heard(member, record.timestampMs);
        if (member.life === this.#options.own.life) this.#options.logClock.measured(sentAtMs, record.timestampMs);
        else this.#heardBefore(record.timestampMs);
        break;
      }
      case 'left':
        this.#table.left(decoded.name, record.timestampMs);
        this.#heardBefore(record.timestampMs);
        break;
      case 'unreadable':
        this.#options.onError(new Error(decoded.problem));
        break;
    }
    this.#look();
  }

  /** Tells of this instance, unless it is still telling. @param partitions of the topic */
  async beat(partitions: number): Promise<void> {
    if (this.#isBeating) return;
    this.#isBeating = true;
    const member = { ...this.#options.own, configHash: this.#configHash };
    const { startedAtMs, clock, onError } = this.#options;
    try {
      await this.#append([this.#codec.heartbeat({ member, startedAtMs, sentAtMs: clock.now() })], partitions);
    } catch (error) {
      onError(error);
    } finally {
      this.#isBeating = false;
    }
  }

  /** Says good-bye; where the log is away the others notice by themselves. */
  async leave(partitions: number): Promise<void> {
    const { clock, patienceMs } = this.#options;
    const goodBye = [this.#codec.left(this.#options.own.name)];
    await inTime(() => this.#append(goodBye, partitions), { clock, patienceMs, signal: new AbortController().signal });
  }

  /** Removes instances that went long ago without a good-bye. */
  async collect(partitions: number): Promise<void> {
    const heardMs = this.#table.lastHeardMs() ?? 0;
    const gone = this.#table.gone(heardMs - FORGOTTEN_MS);
    if (gone.length === 0) return;
    await inTime(
      () =>
        this.#append(
          gone.map((name) => this.#codec.left(name)),
          partitions,
        ),
      this.#options,
    );
  }

  async #append(records: readonly Written[], partitions: number): Promise<void> {
    const { topic, appender } = this.#options;
    await appender.append(
      records.map((record) => ({
        topic,
        partition: partitionOf(record.key ?? new Uint8Array(), partitions),
        ...record,
      })),
    );
  }

  #heardBefore(timeMs: number): void {
    this.#heardBeforeMs = Math.max(this.#heardBeforeMs ?? timeMs, timeMs);
  }

  #look(): void {
    this.#live = this.#listen();
    const names = this.#live.map(({ name, life }) => `${name} ${life}`).join('\n');
    if (names === this.#names) return;
    this.#names = names;
    this.#options.onChange();
  }

  #listen(): readonly Member[] {
    const heardMs = this.#table.lastHeardMs();
    const others = heardMs === undefined ? [] : this.#table.live(heardMs);
    const own = { ...this.#options.own, configHash: this.#configHash };
    return [own, ...others.filter(({ name }) => name !== own.name)].toSorted((a, b) => compareText(a.name, b.name));
  }
}
