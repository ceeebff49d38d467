export { assignPartitions, type GroupMember, partitionKey, type TopicPartition } from './assignment.ts';
export { HeaderAssembler } from './header-assembler.ts';
export { LogError, type LogErrorReason } from './log-error.ts';
export {
  type Claim,
  type ConsumerGroups,
  type JoinRequest,
  type Log,
  type Membership,
  type PartitionBounds,
  type ReadRequest,
  type RecordAppender,
  type RecordReader,
  type TopicAdmin,
  type TopicMismatch,
  type TopicOutcome,
} from './log.ts';
export { murmur2, partitionOf } from './partitioning.ts';
export {
  lostBefore,
  type LogRecord,
  type LostRange,
  type OutgoingRecord,
  type Position,
  type RecordBatch,
  type RecordHeaders,
} from './record.ts';
export { TOPICS, topicName, topicSettings, type TopicId, type TopicOptions, type TopicSettings } from './topics.ts';
export { TextCache } from './text-cache.ts';
export { readToBarrier, type ViewSource } from './view.ts';
