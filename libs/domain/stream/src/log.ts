import { type OutgoingRecord, type Position, type RecordBatch } from './record.ts';
import { type TopicSettings } from './topics.ts';

/** Writes to the log. */
export interface RecordAppender {
  /**
   * Appends records, each durable (fsync, or acks=all) when the promise resolves; positions come in the order given.
   *
   * Records of one partition keep the order of the call, and of calls in the order made. Calls run concurrently are
   * batched by the driver. A rejection means that none, some or all of the records may be in the log: the caller says
   * so to its own caller, who sends again (at least once). Never reports a record that is not durable. Keys and values
   * are read until the promise settles: nobody may write to them before.
   *
   * @throws {LogError} `unavailable`, `full`, `too-large`, `unknown-topic`, `closed`
   */
  append(records: readonly OutgoingRecord[]): Promise<readonly Position[]>;
}

/** One run of reading a partition. */
export interface ReadRequest {
  readonly topic: string;
  readonly partition: number;
  /** First offset wanted. One that retention has removed moves to the oldest kept record: see `lostFrom` of the batch. */
  readonly from: number;
  /** Ends the iteration once everything below this offset was given; without it the read tails the partition for ever. */
  readonly until?: number;
  /** Upper bound of the bytes of one batch; a single larger record still comes alone. Default 4 MiB. */
  readonly maxBatchBytes?: number;
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
}

/** First kept offset and the offset after the newest record. */
export interface PartitionBounds {
  readonly start: number;
  readonly end: number;
}

/** Reads the log by position, outside any group. Sees committed transactions only. */
export interface RecordReader {
  /**
   * Reads batches from a position on. Back-pressure is the caller's pace: at most one batch is read ahead.
   * Outages are waited out inside (the iteration stalls and goes on where it was), so it ends only by `until`,
   * by the signal, or with an error that waiting does not cure.
   *
   * @throws {LogError} `unknown-topic`, `closed`
   */
  read(request: ReadRequest): AsyncIterable<RecordBatch>;
  /**
   * The bounds of a partition as of now. Reading until `end` is the *barrier*: it has then seen every record whose
   * append or commit was acknowledged before this call, by whichever process.
   */
  bounds(topic: string, partition: number): Promise<PartitionBounds>;
  /** The first offset whose append time is at or after `timeMs`, or the end. */
  offsetAt(topic: string, partition: number, timeMs: number): Promise<number>;
  /** How many partitions a topic has. */
  partitions(topic: string): Promise<number>;
}

/**
 * One partition, held by this member alone. Taking it over fenced the member that held it before: none of its
 * transactions can commit any more, and `position` was read after that.
 */
export interface Claim {
  readonly topic: string;
  readonly partition: number;
  /** The group's committed offset: where to read on. The start of the partition where nothing was committed yet. */
  readonly position: number;
  /** Aborted when the claim ends: revoked, fenced, or the membership is left. */
  readonly signal: AbortSignal;
  /**
   * Commits the group's position and the outputs in one transaction: readers see all of it or nothing, and nothing
   * of it when the claim was lost. Only one commit of a claim may be under way. After a rejection the claim is over.
   * Keys and values are read until the promise settles.
   *
   * @param next offset of the first record not yet processed
   * @throws {LogError} `fenced` (somebody else holds the partition), `unavailable`, `full`, `too-large`, `closed`
   */
  commit(next: number, outputs?: readonly OutgoingRecord[]): Promise<void>;
}

/** Joining a consumer group. */
export interface JoinRequest {
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Called once for each claim, and runs as long as the claim does: it must return soon after the claim's signal
   * aborts. When it returns or rejects earlier, the claim is given up and taken again after a back-off (from the
   * committed offset) while the partition stays assigned.
   */
  readonly onClaim: (claim: Claim) => Promise<void>;
  /** Told of every failure that ended a claim or interrupted the membership; it goes on by itself afterwards. */
  readonly onError?: (error: unknown) => void;
  /** Fixed first position of partitions without a committed offset. Default `start`. */
  readonly initial?: 'start' | 'end';
}

/** Being a member of a group. */
export interface Membership {
  /** The partitions held now. */
  assignment(): readonly { readonly topic: string; readonly partition: number }[];
  /** Ends all claims (waits for their handlers), then leaves the group, so that others take over at once. */
  leave(): Promise<void>;
}

/** Shares the partitions of topics among the members of a group: each is held by at most one. */
export interface ConsumerGroups {
  join(request: JoinRequest): Promise<Membership>;
  /** The group's committed offset of a partition, or `undefined` where it never committed. */
  committed(group: string, topic: string, partition: number): Promise<number | undefined>;
}

/** What became of a topic that was to be created. */
export interface TopicOutcome {
  readonly topic: string;
  readonly outcome: 'created' | 'exists';
}

/** A setting of an existing topic that is not what the stream needs. */
export interface TopicMismatch {
  readonly topic: string;
  readonly setting: string;
  readonly expected: string;
  /** `missing` where there is no such topic. */
  readonly actual: string;
}

/** Creates topics and checks how existing ones are set. */
export interface TopicAdmin {
  createTopics(topics: readonly TopicSettings[]): Promise<readonly TopicOutcome[]>;
  checkTopics(topics: readonly TopicSettings[]): Promise<readonly TopicMismatch[]>;
}

/** The durable log: see the package's README for the guarantees, `@tandem/testing` for the suite every driver passes. */
export interface Log extends RecordAppender, RecordReader, ConsumerGroups, TopicAdmin {
  /** Rejects when the log cannot be reached or written right now (readiness). */
  ping(): Promise<void>;
  /** Ends memberships and reads, waits for appends under way, releases everything. Idempotent. */
  close(): Promise<void>;
}
