import { type TopicOptions } from '@tandem/stream';

import type { TandemConfig } from '../config/schema.ts';
import { defined } from './defined.ts';

/** How the topics of a configuration are laid out. */
export function topicOptions({ stream }: Pick<TandemConfig, 'stream'>): TopicOptions {
  return defined({
    prefix: stream.kafka.topic_prefix,
    partitions: stream.partitions,
    replicationFactor: stream.kafka.replication_factor,
    samplesRetentionMs: stream.samples_retention_time,
    samplesRetentionBytes: stream.samples_retention_size,
  });
}
