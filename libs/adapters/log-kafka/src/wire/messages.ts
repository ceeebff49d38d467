/*
 * The answers of the requests kafkajs encodes and decodes, as far as they are used here. 64-bit numbers come as decimal
 * text.
 */

interface PartitionCode {
  readonly partition: number;
  readonly errorCode: number;
}

/** The producer of a transaction or of a sequence of batches. */
export interface Producer {
  /** Decimal. */
  readonly producerId: string;
  readonly producerEpoch: number;
}

interface InTransaction extends Producer {
  readonly transactionalId: string;
}

/** Requests by Kafka's names for them (`GroupCoordinator` is FindCoordinator). */
export interface Exchanges {
  readonly Metadata: {
    readonly fields: { readonly topics: readonly string[]; readonly allowAutoTopicCreation: false };
    readonly answer: {
      readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
      readonly controllerId: number;
      readonly topicMetadata: readonly {
        readonly topicErrorCode: number;
        readonly topic: string;
        readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
      }[];
    };
  };
  readonly GroupCoordinator: {
    readonly fields: { readonly groupId: string; readonly coordinatorType: 0 | 1 };
    readonly answer: {
      readonly errorCode: number;
      readonly coordinator: { readonly nodeId: number; readonly host: string; readonly port: number };
    };
  };
  readonly JoinGroup: {
    readonly fields: {
      readonly groupId: string;
      readonly sessionTimeout: number;
      readonly rebalanceTimeout: number;
      readonly memberId: string;
      readonly protocolType: 'consumer';
      readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
    };
    readonly answer: {
      readonly errorCode: number;
      readonly generationId: number;
      readonly leaderId: string;
      readonly memberId: string;
      readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
    };
  };
  readonly SyncGroup: {
    readonly fields: {
      readonly groupId: string;
      readonly generationId: number;
      readonly memberId: string;
      readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
    };
    readonly answer: { readonly errorCode: number; readonly memberAssignment: Buffer };
  };
  readonly Heartbeat: {
    readonly fields: { readonly groupId: string; readonly groupGenerationId: number; readonly memberId: string };
    readonly answer: { readonly errorCode: number };
  };
  readonly LeaveGroup: {
    readonly fields: { readonly groupId: string; readonly memberId: string };
    readonly answer: { readonly errorCode: number };
  };
  readonly InitProducerId: {
    readonly fields: { readonly transactionalId: string | null; readonly transactionTimeout: number };
    readonly answer: Producer & { readonly errorCode: number };
  };
  readonly AddPartitionsToTxn: {
    readonly fields: InTransaction & {
      readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
    };
    readonly answer: { readonly errors: readonly { readonly partitionErrors: readonly PartitionCode[] }[] };
  };
  readonly AddOffsetsToTxn: {
    readonly fields: InTransaction & { readonly groupId: string };
    readonly answer: { readonly errorCode: number };
  };
  readonly TxnOffsetCommit: {
    readonly fields: InTransaction & {
      readonly groupId: string;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly {
          readonly partition: number;
          readonly offset: string;
          readonly metadata: null;
        }[];
      }[];
    };
    readonly answer: { readonly topics: readonly { readonly partitions: readonly PartitionCode[] }[] };
  };
  readonly EndTxn: {
    readonly fields: InTransaction & { readonly transactionResult: boolean };
    readonly answer: { readonly errorCode: number };
  };
  readonly ListOffsets: {
    readonly fields: {
      readonly isolationLevel: 0 | 1;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[];
      }[];
    };
    readonly answer: {
      readonly responses: readonly {
        readonly partitions: readonly (PartitionCode & { readonly offset: string })[];
      }[];
    };
  };
  readonly CreateTopics: {
    readonly fields: {
      readonly topics: readonly {
        readonly topic: string;
        readonly numPartitions: number;
        readonly replicationFactor: number;
        readonly configEntries: readonly { readonly name: string; readonly value: string }[];
      }[];
      readonly timeout: number;
    };
    readonly answer: {
      readonly topicErrors: readonly {
        readonly topic: string;
        readonly errorCode: number;
        readonly errorMessage: string | null;
      }[];
    };
  };
  readonly DescribeConfigs: {
    readonly fields: { readonly resources: readonly { readonly type: number; readonly name: string }[] };
    readonly answer: {
      readonly resources: readonly {
        readonly errorCode: number;
        readonly resourceName: string;
        readonly configEntries: readonly { readonly configName: string; readonly configValue: string | null }[];
      }[];
    };
  };
}

/** A request kafkajs can encode. */
export type RequestName = keyof Exchanges;
