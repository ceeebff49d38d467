import {
  checkSilence,
  expireSilence,
  setSilence,
  silenceForgottenAtMs,
  type MatcherMode,
  type Silence,
  type SilenceChange,
  type SilenceTable,
  type WantedSilence,
} from '@tandem/alerting';
import { partitionOf, type LogRecord, type OutgoingRecord, type RecordAppender } from '@tandem/stream';

import { type ExpireSilenceOutcome, type SetSilenceOutcome } from '../api/backend.ts';
import { type AlertsClock } from '../clock.ts';
import { inTime } from '../log/patience.ts';
import { type TopicTail } from '../log/topic-tail.ts';
import { type Written } from '../log/written.ts';
import { SilenceCodec } from './silence-codec.ts';
import { silenceSizeBytes } from './silence-size.ts';

/** What silences need. Times in ms. */
export interface SilenceTopicOptions {
  readonly cluster: string;
  readonly topic: string;
  /** Holds them. */
  readonly table: SilenceTable;
  readonly appender: Pick<RecordAppender, 'append'>;
  /** Follows the topic; `undefined` as long as the log could not be asked for it. */
  readonly tail: () => TopicTail | undefined;
  readonly clock: AlertsClock;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly matcherMode: MatcherMode;
  readonly retentionMs: number;
  readonly maxSilences: number;
  readonly maxSilenceSizeBytes: number;
  readonly newId: () => string;
  /** Told of a record that cannot be read. */
  readonly onUnreadable: (record: LogRecord, problem: string) => void;
}

/** Largest silence the log takes, bytes; leaves room for its key and headers. */
const MAX_RECORD_BYTES = 900_000;

/** The silences of a cluster: they are nowhere but in the log, and every change reads what it changes to its end first. */
export class SilenceTopic {
  readonly table: SilenceTable;
  readonly #options: SilenceTopicOptions;
  readonly #codec: SilenceCodec;

  constructor(options: SilenceTopicOptions) {
    this.table = options.table;
    this.#options = options;
    this.#codec = new SilenceCodec(options.cluster);
  }

  /** A record of the topic. */
  apply(record: LogRecord): void {
    const decoded = this.#codec.decode(record);
    if (decoded === undefined) return;
    if (decoded.kind === 'silence') this.table.put(decoded.silence);
    else if (decoded.kind === 'forgotten') this.table.delete(decoded.id);
    else this.#options.onUnreadable(record, decoded.problem);
  }

  /** Sets a silence (SPEC.md, Z1 and Z2): resolves when the log has it, and it holds here. */
  async set(id: string | undefined, wanted: WantedSilence): Promise<SetSilenceOutcome> {
    const checked = checkSilence(wanted, this.#options.matcherMode);
    if (!checked.ok) return { kind: 'invalid', error: checked.error };
    if (id !== undefined && !(await this.#readToEnd(id))) return AWAY;
    const known = id === undefined ? undefined : this.table.get(id);
    if (id !== undefined && known === undefined) return { kind: 'not-found' };
    const { clock, newId } = this.#options;
    const nowMs = later(known, clock.now());
    const startsAtMs = wanted.startsAtMs ?? nowMs;
    const change = setSilence(known, { ...wanted, startsAtMs, matcherSets: checked.value }, nowMs, newId());
    const limited = this.#limited(change);
    if (limited !== undefined) return limited;
    return (await this.#append(changed(change))) ? { kind: 'set', id: change.silence.id } : AWAY;
  }

  /** Ends a silence: resolves when the log says so, and it is over here. */
  async expire(id: string): Promise<ExpireSilenceOutcome> {
    if (!(await this.#readToEnd(id))) return 'log-away';
    const known = this.table.get(id);
    if (known === undefined) return 'not-found';
    const expired = expireSilence(known, later(known, this.#options.clock.now()));
    if (expired === undefined) return 'already-expired';
    return (await this.#append([expired])) ? 'expired' : 'log-away';
  }

  /** Puts silences of another store into the log; those that it knows newer stay (Z4). @returns whether the log has them */
  import(silences: readonly Silence[]): Promise<boolean> {
    return this.#append(
      silences.filter((silence) => (this.table.get(silence.id)?.updatedAtMs ?? -1) < silence.updatedAtMs),
    );
  }

  /** Removes silences that were over for the retention. @returns how many; `undefined` where the log is away */
  async collect(): Promise<number | undefined> {
    const { clock, retentionMs } = this.#options;
    const ids = this.table.forgettable(clock.now(), retentionMs);
    return (await this.#write(ids.map((id) => this.#codec.forgotten(id)))) ? ids.length : undefined;
  }

  #limited({ silence, expired }: SilenceChange): SetSilenceOutcome | undefined {
    const { maxSilences, maxSilenceSizeBytes, retentionMs } = this.#options;
    const isNew = this.table.get(silence.id) === undefined;
    if (isNew && maxSilences > 0 && this.table.size >= maxSilences) {
      return limit(`exceeded maximum number of silences: ${this.table.size} (limit: ${maxSilences})`);
    }
    const most = maxSilenceSizeBytes > 0 ? Math.min(maxSilenceSizeBytes, MAX_RECORD_BYTES) : MAX_RECORD_BYTES;
    const sizes = [silence, ...(expired === undefined ? [] : [expired])].map((one) =>
      silenceSizeBytes(one, silenceForgottenAtMs(one, retentionMs)),
    );
    const size = Math.max(...sizes);
    return size > most ? limit(`silence exceeded maximum size: ${size} bytes (limit: ${most} bytes)`) : undefined;
  }

  async #readToEnd(id: string): Promise<boolean> {
    const tail = this.#options.tail();
    if (tail === undefined) return false;
    const partition = partitionOf(this.#codec.key(id), tail.partitions);
    return (await inTime((signal) => tail.readToEnd(partition, signal), this.#options)) === true;
  }

  #append(silences: readonly Silence[]): Promise<boolean> {
    return this.#write(silences.map((silence) => this.#codec.silence(silence)));
  }

  /** Appends records, and waits until they are applied here. */
  async #write(written: readonly Written[]): Promise<boolean> {
    const tail = this.#options.tail();
    if (tail === undefined) return false;
    if (written.length === 0) return true;
    const { topic, appender } = this.#options;
    const records: readonly OutgoingRecord[] = written.map((record) => ({
      topic,
      partition: partitionOf(record.key ?? new Uint8Array(), tail.partitions),
      ...record,
    }));
    const done = await inTime(async (signal) => {
      const positions = await appender.append(records);
      await Promise.all(positions.map(({ partition, offset }) => tail.readTo(partition, offset + 1, signal)));
      return true;
    }, this.#options);
    return done === true;
  }
}

const AWAY: SetSilenceOutcome = { kind: 'log-away', error: 'the log cannot be reached' };

function limit(error: string): SetSilenceOutcome {
  return { kind: 'limited', error };
}

/** A version is later than the one it was made of, whatever the clocks say: versions are merged by their times. */
function later(known: Silence | undefined, nowMs: number): number {
  return known === undefined ? nowMs : Math.max(nowMs, known.updatedAtMs + 1);
}

function changed({ silence, expired }: SilenceChange): readonly Silence[] {
  return expired === undefined ? [silence] : [expired, silence];
}
