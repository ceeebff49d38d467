import { type Position } from '@tandem/stream';
import { compactionKey, idKey, recordKey, tombstoneKey } from './keys.ts';
import { decodeState, encodeState, type PartitionState } from './partition-state.ts';
import { RecordStage } from './record-codec.ts';
import { type Tables } from './tables.ts';

const TOTAL_BYTES = Buffer.from('bytes');
const OFFSET_VALUE_BYTES = 8;

/** One write at a time: LMDB has copied a record when `putSync` returns. */
const stage = new RecordStage();

/** A record ready to be stored. */
export interface PreparedRecord {
  readonly topic: string;
  readonly partition: number;
  /** Id of the partition. */
  readonly id: number;
  /** What is stored before its value, the time not yet set. */
  readonly head: Buffer;
  /** `null`: it is a tombstone. */
  readonly value: Uint8Array | null;
  /** Bytes it takes. */
  readonly bytes: number;
  /** The key, where the topic is compacted. */
  readonly compactBy?: Uint8Array;
}

/**
 * Changes to partitions inside one LMDB transaction. States are read once and written back by `finish`.
 * Must be used in the callback of a transaction only.
 */
export class WriteTransaction {
  readonly tables: Tables;
  /** LMDB's number of the transaction; commits of all processes count. */
  readonly number: number;
  /** Ids of the partitions that got records. */
  readonly appended = new Set<number>();
  /** Groups whose members should look. */
  readonly groups = new Set<string>();
  readonly #nowMs: number;
  readonly #states = new Map<number, PartitionState>();
  #totalBytes: number | undefined;

  constructor(tables: Tables, nowMs: number) {
    this.tables = tables;
    this.number = tables.root.getWriteTxnId();
    this.#nowMs = nowMs;
  }

  /** The state of a partition; changes to it are stored by `finish`. */
  state(id: number): PartitionState {
    const known = this.#states.get(id);
    if (known !== undefined) return known;
    const state = decodeState(this.tables.partitions.get(idKey(id)));
    this.#states.set(id, state);
    return state;
  }

  /** Bytes of all stored records. */
  get totalBytes(): number {
    this.#totalBytes ??= this.tables.meta.get(TOTAL_BYTES)?.readDoubleLE(0) ?? 0;
    return this.#totalBytes;
  }

  /** Stores a record at the end of its partition. */
  append(record: PreparedRecord): Position {
    const state = this.state(record.id);
    const offset = state.end;
    const timeMs = Math.max(this.#nowMs, state.lastMs);
    this.tables.records.putSync(recordKey(record.id, offset), stage.put(record.head, record.value, timeMs));
    state.end = offset + 1;
    state.lastMs = timeMs;
    this.#addBytes(state, record.bytes);
    if (record.compactBy !== undefined) this.#compact(record, record.compactBy, { offset, timeMs });
    this.appended.add(record.id);
    return { topic: record.topic, partition: record.partition, offset };
  }

  /** Removes a record. @returns whether it was there */
  remove(id: number, offset: number): boolean {
    const key = recordKey(id, offset);
    const stored = this.tables.records.get(key);
    if (stored === undefined) return false;
    this.tables.records.removeSync(key);
    this.#addBytes(this.state(id), -stored.length);
    return true;
  }

  /** Writes the states back. */
  finish(): void {
    for (const [id, state] of this.#states) this.tables.partitions.putSync(idKey(id), encodeState(state));
    if (this.#totalBytes === undefined) return;
    const total = Buffer.allocUnsafe(OFFSET_VALUE_BYTES);
    total.writeDoubleLE(this.#totalBytes, 0);
    this.tables.meta.putSync(TOTAL_BYTES, total);
  }

  /** The older record of the key goes at once: a compacted topic never holds a key twice. */
  #compact(record: PreparedRecord, key: Uint8Array, at: { offset: number; timeMs: number }): void {
    const index = compactionKey(record.id, key);
    const older = this.tables.keys.get(index);
    if (older !== undefined) this.remove(record.id, older.readDoubleLE(0));
    const newest = Buffer.allocUnsafe(OFFSET_VALUE_BYTES);
    newest.writeDoubleLE(at.offset, 0);
    this.tables.keys.putSync(index, newest);
    if (record.value === null) this.tables.tombstones.putSync(tombstoneKey({ id: record.id, ...at }), index);
  }

  #addBytes(state: PartitionState, bytes: number): void {
    state.bytes += bytes;
    this.#totalBytes = this.totalBytes + bytes;
  }
}
