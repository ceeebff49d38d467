import { type GroupOpening } from '@tandem/alerting';

/** What is to be said of a group: that it ended, that it was opened, or, in this order, both. */
export interface GroupChange {
  readonly ended: boolean;
  readonly opening?: GroupOpening | undefined;
}

/** What is to be appended to `alerts`. */
export interface Outgoing {
  /** Fingerprints of alerts that were received here. */
  readonly received: ReadonlySet<string>;
  /** Fingerprints of alerts of which the log's last record does not tell everything. */
  readonly incomplete: ReadonlySet<string>;
  /** Fingerprints of alerts that are over, and nobody needs any more. */
  readonly forgotten: ReadonlySet<string>;
  readonly groups: ReadonlyMap<string, GroupChange>;
}

/**
 * What waits to be appended: of each alert and of each group the newest only, so that it grows with what there is and not with
 * how long the log is away.
 */
export class Outbox {
  #received = new Set<string>();
  #incomplete = new Set<string>();
  #forgotten = new Set<string>();
  #groups = new Map<string, GroupChange>();

  /** How many alerts and groups wait. */
  get size(): number {
    return this.#received.size + this.#incomplete.size + this.#forgotten.size + this.#groups.size;
  }

  received(fingerprint: string): void {
    this.#received.add(fingerprint);
  }

  incomplete(fingerprint: string): void {
    this.#incomplete.add(fingerprint);
  }

  forgotten(fingerprint: string): void {
    this.#forgotten.add(fingerprint);
  }

  groupOpened(id: string, opening: GroupOpening): void {
    this.#groups.set(id, { ended: this.#groups.get(id)?.ended ?? false, opening });
  }

  groupEnded(id: string): void {
    this.#groups.set(id, { ended: true });
  }

  /** A group has ended before anybody was told that it was opened. */
  groupNotOpened(id: string): void {
    if (this.#groups.get(id)?.ended === true) this.#groups.set(id, { ended: true });
    else this.#groups.delete(id);
  }

  /** Takes everything out. */
  take(): Outgoing {
    const taken = {
      received: this.#received,
      incomplete: this.#incomplete,
      forgotten: this.#forgotten,
      groups: this.#groups,
    };
    this.#received = new Set();
    this.#incomplete = new Set();
    this.#forgotten = new Set();
    this.#groups = new Map();
    return taken;
  }

  /** Puts back what could not be appended; what has come since is newer. */
  putBack({ received, incomplete, forgotten, groups }: Outgoing): void {
    for (const fingerprint of received) this.#received.add(fingerprint);
    for (const fingerprint of incomplete) this.#incomplete.add(fingerprint);
    for (const fingerprint of forgotten) this.#forgotten.add(fingerprint);
    for (const [id, older] of groups) {
      const newer = this.#groups.get(id);
      if (newer === undefined) this.#groups.set(id, older);
      else if (!newer.ended) this.#groups.set(id, { ended: older.ended, opening: newer.opening });
    }
  }
}
