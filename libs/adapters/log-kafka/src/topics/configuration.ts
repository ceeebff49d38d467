import { type TopicMismatch, type TopicSettings } from '@tandem/stream';

/** Room for what a batch has beside keys and values: its own fields, and headers. */
const BATCH_ROOM_BYTES = 16 * 1024;
const MIB = 1_048_576;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The broker's configuration of a topic. */
export function topicConfiguration(settings: TopicSettings): Readonly<Record<string, string>> {
  const { replicationFactor = 1, policy } = settings;
  return {
    'cleanup.policy': policy,
    // Time is the log's own: elections are decided in it.
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': String(settings.maxRecordBytes + BATCH_ROOM_BYTES),
    // Values are compressed already, and a reader passes over records by their headers.
    'compression.type': 'producer',
    ...(replicationFactor >= 3 ? { 'min.insync.replicas': '2' } : {}),
    ...(policy === 'compact' ? COMPACTED : retention(settings)),
  };
}

/** Segments close soon, since only closed ones are compacted; tombstones stay long enough for a slow reader. */
const COMPACTED = {
  'segment.bytes': String(64 * MIB),
  'segment.ms': String(DAY_MS),
  'min.cleanable.dirty.ratio': '0.2',
  'delete.retention.ms': String(DAY_MS),
} as const;

/** Only closed segments are removed, so a quiet partition closes its own several times per retention. */
function retention({ retentionMs = -1, retentionBytes = -1 }: TopicSettings): Record<string, string> {
  const segmentMs = retentionMs < 0 ? 7 * DAY_MS : Math.min(7 * DAY_MS, Math.max(10 * MINUTE_MS, retentionMs / 6));
  return {
    'retention.ms': String(retentionMs),
    'retention.bytes': String(retentionBytes),
    'segment.bytes': String(256 * MIB),
    'segment.ms': String(Math.round(segmentMs)),
  };
}

/** What bears on correctness, and when a setting is good enough. */
const CHECKS: Readonly<Record<string, (actual: string, expected: string) => boolean>> = {
  'cleanup.policy': (actual, expected) => actual === expected,
  'message.timestamp.type': (actual, expected) => actual === expected,
  // A broker that compresses anew makes what is read unreadable by headers alone.
  'compression.type': (actual) => actual === 'producer' || actual === 'uncompressed',
  'min.insync.replicas': atLeast,
  'max.message.bytes': atLeast,
  'retention.ms': atLeast,
  'retention.bytes': atLeast,
};

/** Both -1: no bound. */
function atLeast(actual: string, expected: string): boolean {
  if (actual === '-1') return true;
  return expected !== '-1' && Number(actual) >= Number(expected);
}

/** Compares a topic's configuration with what the stream needs. */
export function configurationMismatches(
  settings: TopicSettings,
  actual: ReadonlyMap<string, string>,
): readonly TopicMismatch[] {
  return Object.entries(topicConfiguration(settings)).flatMap(([setting, expected]) => {
    const found = actual.get(setting) ?? 'unset';
    const enough = CHECKS[setting]?.(found, expected) ?? true;
    return enough ? [] : [{ topic: settings.name, setting, expected, actual: found }];
  });
}
