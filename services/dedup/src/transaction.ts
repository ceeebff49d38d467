import { type LeaseClaim } from '@tandem/election';
import { type OutgoingRecord } from '@tandem/stream';

import { keyText } from './bytes.ts';
import { Tally } from './ledger/tally.ts';

/** What is committed together: outputs, records of elections, the position; and what is told once it is committed. */
export class Transaction {
  readonly #outputs: OutgoingRecord[] = [];
  readonly #clusters = new Map<string, OutgoingRecord>();
  readonly #leases = new Map<string, LeaseClaim>();
  readonly #withdrawn = new Set<string>();
  readonly #afterwards: (() => void)[] = [];
  /** What is counted of its records. */
  readonly tally = new Tally();
  /** When its first record was taken in, ms on the monotonic clock. */
  readonly openedAtMs: number;
  /** Records and bytes taken in. */
  inputRecords = 0;
  inputBytes = 0;
  /** Bytes of the outputs. */
  outputBytes = 0;
  /** Offset of the first record not yet processed. */
  next: number;
  /** Append time of the last record, Unix ms. */
  timestampMs = 0;
  /** End of the partition when it was last read. */
  end = 0;

  constructor(next: number, openedAtMs: number) {
    this.next = next;
    this.openedAtMs = openedAtMs;
  }

  /** Records for `deduped`, `elections` and `rejects`, in order. */
  get outputs(): readonly OutgoingRecord[] {
    return this.#outputs;
  }

  /** Everything to be written: of each cluster only its last state. */
  get records(): readonly OutgoingRecord[] {
    return [...this.#outputs, ...this.#clusters.values()];
  }

  /** The leases that have changed, the last of each cluster. */
  get leases(): Iterable<LeaseClaim> {
    return this.#leases.values();
  }

  /** The clusters whose leases are kept no longer. */
  get withdrawn(): Iterable<string> {
    return this.#withdrawn;
  }

  /** Whether nothing was taken in, nothing is to be written and nothing to be told. */
  get isEmpty(): boolean {
    return this.inputRecords === 0 && this.#outputs.length === 0 && this.#afterwards.length === 0;
  }

  write(record: OutgoingRecord): void {
    this.#outputs.push(record);
    this.outputBytes += record.value?.length ?? 0;
  }

  /** Writes the state of a cluster, in place of an earlier one of this transaction. */
  writeCluster(record: OutgoingRecord): void {
    this.#clusters.set(keyText(record.key), record);
  }

  announce(lease: LeaseClaim): void {
    this.#withdrawn.delete(lease.cluster);
    this.#leases.set(lease.cluster, lease);
  }

  /** Nobody is elected in a cluster any more: its lease is left to expire. */
  withdraw(cluster: string): void {
    this.#leases.delete(cluster);
    this.#withdrawn.add(cluster);
  }

  /** Is called when the transaction is committed, and never otherwise: counting, mostly. */
  afterwards(tell: () => void): void {
    this.#afterwards.push(tell);
  }

  committed(): void {
    for (const tell of this.#afterwards) tell();
  }
}
