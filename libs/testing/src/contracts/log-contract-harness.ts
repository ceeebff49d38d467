import { type Log, type TopicSettings } from '@tandem/stream';

/** What not every driver can be put through: the hooks a harness may lack. */
export type LogCapability = 'crash' | 'restart' | 'durability' | 'trim';

/** What was watched between append calls and their acknowledgements. */
export interface DurabilityProof {
  /** Appends acknowledged while they were watched. */
  readonly acknowledged: number;
  /** How many of them had the proof (a completed fsync, an answer to an acks=all request) before the acknowledgement. */
  readonly proven: number;
  /** What was seen, for the message of a failure. */
  readonly evidence: string;
}

/** How a driver shows that it acknowledges only what is durable. */
export interface DurabilityHook {
  /** Appends at least 20 records, one after the other and some concurrently, and reports what was seen. */
  prove(): Promise<DurabilityProof>;
}

/** What a driver brings to the suite. One harness serves all tests of one `describeLogContract`. */
export interface LogHarness {
  /** Starts the system; called once, before everything else. */
  start?(): Promise<void>;
  /** A new client on the same storage. Several are open at once; the suite closes them. */
  open(): Promise<Log>;
  /** Laid over the settings of every topic the suite makes, such as the replication factor. */
  readonly topicSettings?: Partial<TopicSettings>;
  /** Makes the log's clock move on by at least 5 ms. Default: waits for the real one. */
  tick?(): Promise<void>;
  /** Ends a client as a crash would: no leaving, no release. The suite calls `close` on it afterwards all the same. */
  crash?(log: Log): Promise<void>;
  /** Stops and starts the system under load; resolves when it is reachable again. */
  restart?(): Promise<void>;
  /** Removes the records of a partition below an offset, as retention does; resolves when that shows in its bounds. */
  trim?(topic: string, partition: number, start: number): Promise<void>;
  readonly durability?: DurabilityHook;
  /** Longest that one test may take, ms. Default 30 s. */
  readonly timeoutMs?: number;
  /** Steps of the random schedule of the exactly-once test. Default 12. */
  readonly chaosSteps?: number;
  /** Stops the system; called once, after everything else. */
  close(): Promise<void>;
}
