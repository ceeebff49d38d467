/** How a topic is kept and laid out; the same on every driver. */
export interface TopicSettings {
  /** Full name, prefix included. */
  readonly name: string;
  readonly partitions: number;
  /** Copies on a cluster of brokers; absent leaves it to the broker. The embedded driver has one. */
  readonly replicationFactor?: number;
  /** `delete` drops by age and bytes; `compact` keeps the newest record of each key. */
  readonly policy: 'delete' | 'compact';
  /** Age in ms after which records go. Absent on compacted topics. */
  readonly retentionMs?: number;
  /** Bytes per partition beyond which the oldest records go. Absent: no bound. */
  readonly retentionBytes?: number;
  /** Largest record accepted, bytes. */
  readonly maxRecordBytes: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MIB = 1_048_576;

type TopicShape = Pick<TopicSettings, 'policy' | 'retentionMs'>;

const kept = (retentionMs: number): TopicShape => ({ policy: 'delete', retentionMs });
const compacted: TopicShape = { policy: 'compact' };

/** Every topic of Tandem, by its name without the prefix, and how it is kept. */
export const TOPICS = {
  samples: kept(6 * HOUR),
  deduped: kept(6 * HOUR),
  elections: kept(30 * DAY),
  clusters: compacted,
  heartbeats: kept(HOUR),
  commands: kept(30 * DAY),
  ledger: kept(30 * DAY),
  tallies: kept(6 * HOUR),
  partials: kept(6 * HOUR),
  rollups: kept(6 * HOUR),
  alerts: compacted,
  silences: compacted,
  nflog: compacted,
  notifications: kept(90 * DAY),
  members: compacted,
  rejects: kept(7 * DAY),
} as const satisfies Record<string, TopicShape>;

/** A topic of Tandem, named without its prefix. */
export type TopicId = keyof typeof TOPICS;

/** What an operator may choose about the topics. */
export interface TopicOptions {
  /** Put before every name. Default `tandem.`. */
  readonly prefix: string;
  readonly partitions: number;
  readonly replicationFactor?: number;
  /** Overrides of how long the topics of samples (`samples`, `deduped`, `partials`, `rollups`) are kept, ms. */
  readonly samplesRetentionMs?: number;
  readonly samplesRetentionBytes?: number;
}

/** The full name of a topic. */
export function topicName(prefix: string, id: TopicId): string {
  return prefix + id;
}

const OF_SAMPLES: ReadonlySet<TopicId> = new Set(['samples', 'deduped', 'partials', 'rollups']);

/** The settings of all topics. Retention of `elections` outlives that of `samples` whatever is chosen (replay). */
export function topicSettings(options: TopicOptions): readonly TopicSettings[] {
  const samplesMs = options.samplesRetentionMs ?? TOPICS.samples.retentionMs ?? 0;
  return (Object.keys(TOPICS) as TopicId[]).map((id) => {
    const shape: TopicShape = TOPICS[id];
    const retentionMs = OF_SAMPLES.has(id)
      ? samplesMs
      : shape.retentionMs === undefined
        ? undefined
        : id === 'elections' || id === 'commands'
          ? Math.max(shape.retentionMs, samplesMs + DAY)
          : shape.retentionMs;
    return {
      name: topicName(options.prefix, id),
      partitions: options.partitions,
      policy: shape.policy,
      maxRecordBytes: MIB,
      ...(retentionMs === undefined ? {} : { retentionMs }),
      ...(options.replicationFactor === undefined ? {} : { replicationFactor: options.replicationFactor }),
      ...(OF_SAMPLES.has(id) && options.samplesRetentionBytes !== undefined
        ? { retentionBytes: options.samplesRetentionBytes }
        : {}),
    };
  });
}
