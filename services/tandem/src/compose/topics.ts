import { type TopicOptions } from '@tandem/stream';

import { type TandemConfig } from '../config/schema.ts';

/** How the topics of a configuration are laid out. */
export function topicOptions({ stream }: TandemConfig): TopicOptions {
  const { samples_retention_size: bytes, kafka } = stream;
  return {
    prefix: kafka.topic_prefix,
    partitions: stream.partitions,
    samplesRetentionMs: stream.samples_retention_time,
    ...(bytes === undefined ? {} : { samplesRetentionBytes: bytes }),
    ...(kafka.replication_factor === undefined ? {} : { replicationFactor: kafka.replication_factor }),
  };
}
