import { unpairedVerdict, type UnpairedSender, type UnpairedSenders } from '@tandem/election';
import { senderId, senderKey, senderRecord } from '@tandem/records';
import { type LogRecord, type OutgoingRecord } from '@tandem/stream';

import { type ProcessorOptions } from '../processor-options.ts';
import { writeReject } from '../reject.ts';
import { type Transaction } from '../transaction.ts';

/** Silent senders are looked for whenever the log clock passes a multiple of this, ms. */
const SWEEP_INTERVAL_MS = 60_000;

/** Takes what ingest says of senders of no pair out of a partition's records, and writes down which there are. */
export class UnpairedWatch {
  readonly #options: ProcessorOptions;
  readonly #senders: UnpairedSenders;
  #sweptMark = -Infinity;

  constructor(options: ProcessorOptions) {
    this.#options = options;
    this.#senders = options.state.senders;
  }

  /** Takes note of a record that says that a sender was heard. */
  take(record: LogRecord, transaction: Transaction): void {
    const { observer, state } = this.#options;
    const decoded = senderRecord.decode(record);
    const problem = decoded.ok ? problemOf(decoded.value) : decoded.problem;
    if (!decoded.ok || problem !== undefined) {
      const cause = { reason: 'bad-sender', detail: problem ?? '', samples: 0 };
      writeReject(this.#options, { record, transaction, cause });
      return;
    }
    const { tenant, cluster, replica } = decoded.value;
    const id = senderId(tenant, cluster, replica);
    const step = this.#senders.heard(id, decoded.value, state.elections.nowMs);
    if (step === 'overlooked') transaction.afterwards(() => observer.senderOverlooked(tenant));
    const sender = this.#senders.get(id);
    if (step === 'write' && sender !== undefined) this.#write(sender, senderRecord.encode(sender), transaction);
  }

  /** Forgets those that have been silent for long, once a minute of log time. */
  advance(nowMs: number, transaction: Transaction): void {
    const mark = Math.floor(nowMs / SWEEP_INTERVAL_MS);
    if (mark <= this.#sweptMark) return;
    this.#sweptMark = mark;
    for (const sender of this.#senders.sweep(nowMs)) {
      this.#write(sender, { value: null, headers: {} }, transaction);
    }
  }

  #write(sender: UnpairedSender, record: Pick<OutgoingRecord, 'value' | 'headers'>, transaction: Transaction): void {
    const { topics, partition } = this.#options;
    const key = senderKey(sender.tenant, sender.cluster, sender.replica);
    transaction.writeCluster({ topic: topics.clusters, partition, key, ...record });
  }
}

/** A sender of no pair in `/api/v1/ha/clusters`. */
export interface UnpairedStatus extends UnpairedSender {
  readonly partition: number;
  readonly verdict: ReturnType<typeof unpairedVerdict>;
}

/** The senders of no pair that a partition knows. */
export function unpairedStatuses(partition: number, { senders }: UnpairedSenders): readonly UnpairedStatus[] {
  return senders.map((sender) => ({ partition, ...sender, verdict: unpairedVerdict(sender) }));
}

function problemOf({ cluster, replica }: Pick<UnpairedSender, 'cluster' | 'replica'>): string | undefined {
  return (cluster === null) === (replica === null) ? 'a sender of no pair lacks one label, no more' : undefined;
}
