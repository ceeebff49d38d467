import { LogError, type TopicMismatch, type TopicOutcome, type TopicSettings } from '@tandem/stream';
import { type Table, type Tables } from './tables.ts';

const NEXT_ID = Buffer.from('next-id');
/** LMDB's bound on keys is 1978 bytes; claims put a group and a topic into one. */
const LONGEST_NAME = 249;

/** A topic as it is laid out. */
export interface TopicLayout extends Omit<TopicSettings, 'replicationFactor'> {
  /** Id of partition 0; the others follow. */
  readonly firstId: number;
}

type Settable = 'policy' | 'retentionMs' | 'retentionBytes' | 'maxRecordBytes';
const SETTABLE: readonly Settable[] = ['policy', 'retentionMs', 'retentionBytes', 'maxRecordBytes'];

/** What topics there are. Layouts are remembered; `refresh` forgets them, so that changes by other processes are seen. */
export class TopicCatalogue {
  readonly #topics: Table;
  readonly #meta: Table;
  readonly #known = new Map<string, TopicLayout>();

  constructor(tables: Tables) {
    this.#topics = tables.topics;
    this.#meta = tables.meta;
  }

  /** @throws {LogError} `unknown-topic` */
  layout(topic: string): TopicLayout {
    const layout = this.#known.get(topic) ?? this.#load(topic);
    if (layout === undefined) throw new LogError('unknown-topic', `cannot find topic "${topic}"`);
    return layout;
  }

  /** The id of a partition. @throws {LogError} `unknown-topic` for a partition the topic does not have, too */
  id(topic: string, partition: number): number {
    const { firstId, partitions } = this.layout(topic);
    if (Number.isInteger(partition) && partition >= 0 && partition < partitions) return firstId + partition;
    const has = `it has ${partitions}`;
    throw new LogError('unknown-topic', `cannot find partition ${partition} of topic "${topic}": ${has}`);
  }

  /** All layouts, as stored now. */
  all(): readonly TopicLayout[] {
    this.#known.clear();
    const layouts = [...this.#topics.getRange()].map(({ value }) => parse(value));
    for (const layout of layouts) this.#known.set(layout.name, layout);
    return layouts;
  }

  /**
   * Makes topics that are missing, and lays retention and the size limit over those that exist: with one directory and
   * no other tool, the settings given are the ones wanted. Partitions and policy of a topic stay. Runs in a transaction.
   */
  create(topics: readonly TopicSettings[]): TopicOutcome[] {
    for (const topic of topics) checkSettings(topic);
    return topics.map((settings) => {
      const existing = this.#load(settings.name);
      const kept = existing ?? { firstId: this.#takeIds(settings.partitions), ...settings };
      const { name, partitions, policy, firstId } = kept;
      this.#store({ ...limitsOf(settings), name, partitions, policy, firstId });
      return { topic: settings.name, outcome: existing === undefined ? 'created' : 'exists' };
    });
  }

  /** How stored topics differ from what is expected. */
  check(topics: readonly TopicSettings[]): TopicMismatch[] {
    return topics.flatMap((expected) => {
      const found = this.#load(expected.name);
      if (found === undefined) {
        const partitions = String(expected.partitions);
        return [{ topic: expected.name, setting: 'partitions', expected: partitions, actual: 'missing' }];
      }
      return (['partitions', ...SETTABLE] as const)
        .filter((setting) => expected[setting] !== found[setting])
        .map((setting) => ({
          topic: expected.name,
          setting,
          expected: String(expected[setting] ?? 'none'),
          actual: String(found[setting] ?? 'none'),
        }));
    });
  }

  #takeIds(count: number): number {
    const next = this.#meta.get(NEXT_ID)?.readUInt32BE(0) ?? 0;
    const after = Buffer.alloc(4);
    after.writeUInt32BE(next + count);
    this.#meta.putSync(NEXT_ID, after);
    return next;
  }

  #store(layout: TopicLayout): void {
    this.#topics.putSync(Buffer.from(layout.name), Buffer.from(JSON.stringify(layout)));
    this.#known.delete(layout.name);
  }

  #load(topic: string): TopicLayout | undefined {
    const stored = this.#topics.get(Buffer.from(topic));
    if (stored === undefined) return undefined;
    const layout = parse(stored);
    this.#known.set(topic, layout);
    return layout;
  }
}

function limitsOf(settings: TopicSettings): Pick<TopicSettings, 'retentionMs' | 'retentionBytes' | 'maxRecordBytes'> {
  return {
    maxRecordBytes: settings.maxRecordBytes,
    ...(settings.retentionMs === undefined ? {} : { retentionMs: settings.retentionMs }),
    ...(settings.retentionBytes === undefined ? {} : { retentionBytes: settings.retentionBytes }),
  };
}

function checkSettings({ name, partitions }: TopicSettings): void {
  if (!/^[\w.-]+$/.test(name) || name.length > LONGEST_NAME) {
    const allowed = `names are up to ${LONGEST_NAME} letters, digits, ".", "_" and "-"`;
    throw new LogError('misconfigured', `cannot create topic "${name}": ${allowed}`);
  }
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new LogError('misconfigured', `cannot create topic "${name}" with ${partitions} partitions`);
  }
}

/** The one writer of these rows is `#store`, in the same format version. */
function parse(stored: Buffer): TopicLayout {
  return JSON.parse(stored.toString()) as TopicLayout;
}
