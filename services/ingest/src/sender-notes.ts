import { senderId, senderRecord, tenantKey } from '@tandem/records';
import { type Identity } from '@tandem/remote-write';
import { partitionOf, type OutgoingRecord } from '@tandem/stream';

import { lackingLabel } from './lacking-label.ts';
import { type PlanSettings } from './settings.ts';

/** What is said of a sender is said again after this time, ms. */
const NOTE_INTERVAL_MS = 60_000;
/** Senders that are remembered to have been told of; one that was forgotten is told of once more than is needed. */
const MAX_NOTED = 1024;
/** Longest name that is told of, characters: it goes into a key. */
const MAX_NAME_LENGTH = 2048;

/**
 * Says in the log, once a minute, that a sender was heard which lacks one of the two labels: dedup, which sees the series
 * of no pair of all senders alike, tells people from that. Bounded; nothing of it must not be lost.
 */
export class SenderNotes {
  readonly #notedMs = new Map<string, number>();

  /** What is to be appended with a request of series with these labels; `undefined`: nothing, or not yet again. */
  noteOf(
    identity: Identity,
    { tenant, nowMs }: { readonly tenant: string; readonly nowMs: number },
    settings: Pick<PlanSettings, 'topic' | 'partitions'>,
  ): OutgoingRecord | undefined {
    if (lackingLabel(identity) === undefined || identity.kind === 'mixed') return undefined;
    const { cluster = null, replica = null } = identity;
    if ((cluster ?? replica ?? '').length > MAX_NAME_LENGTH) return undefined;
    if (!this.#isDue(senderId(tenant, cluster, replica), nowMs)) return undefined;
    const key = tenantKey(tenant);
    const record = senderRecord.encode({ tenant, cluster, replica, sinceMs: nowMs, heardAtMs: nowMs });
    return { topic: settings.topic, partition: partitionOf(key, settings.partitions), key, ...record };
  }

  #isDue(id: string, nowMs: number): boolean {
    const notedMs = this.#notedMs.get(id) ?? -Infinity;
    // A clock that was set back must not silence it.
    if (nowMs >= notedMs && nowMs - notedMs < NOTE_INTERVAL_MS) return false;
    this.#notedMs.delete(id);
    const [oldest] = this.#notedMs.keys();
    if (this.#notedMs.size >= MAX_NOTED && oldest !== undefined) this.#notedMs.delete(oldest);
    this.#notedMs.set(id, nowMs);
    return true;
  }
}
