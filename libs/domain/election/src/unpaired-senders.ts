/** What is to be said of a sender whose series are of no pair: which of the two labels it lacks. */
export type UnpairedVerdict = 'replica-label-missing' | 'cluster-label-missing';

/** A sender that has one of the two labels and lacks the other: nothing of what it sends is deduplicated. */
export interface UnpairedSender {
  readonly tenant: string;
  /** Exactly one of the two is `null`: the label it lacks. */
  readonly cluster: string | null;
  readonly replica: string | null;
  /** Log time from which on it was heard so, Unix ms. */
  readonly sinceMs: number;
  /** Log time at which it was heard last, Unix ms. */
  readonly heardAtMs: number;
}

/** A sender that is not heard for so long is forgotten, ms of log time: it was set up right, or is gone. */
export const UNPAIRED_SILENT_MS = 900_000;
/** What is written down of a sender is at most so old, ms. */
const WRITTEN_EVERY_MS = 300_000;
/** Senders remembered in a partition; further ones are passed over. */
export const MAX_UNPAIRED = 256;

interface Known {
  readonly sender: UnpairedSender;
  readonly writtenAtMs: number;
}

/** What is to be done about a sender that was heard. */
export type UnpairedStep = 'write' | 'none' | 'overlooked';

/** The senders of a partition whose series are of no pair, by their id (SPEC.md, "Senders"). For people: it decides nothing. */
export class UnpairedSenders {
  readonly #known = new Map<string, Known>();

  /** All of them, in the order in which they came. */
  get senders(): readonly UnpairedSender[] {
    return Array.from(this.#known.values(), ({ sender }) => sender);
  }

  /** One that was written down. */
  restore(id: string, sender: UnpairedSender): void {
    this.#known.set(id, { sender, writtenAtMs: sender.heardAtMs });
  }

  /** Takes note of one that was heard at a log time; `write`: it is to be written down as it is known now. */
  heard(id: string, name: Pick<UnpairedSender, 'tenant' | 'cluster' | 'replica'>, nowMs: number): UnpairedStep {
    const known = this.#known.get(id);
    if (known === undefined && this.#known.size >= MAX_UNPAIRED) return 'overlooked';
    const { tenant, cluster, replica } = name;
    const sender = { tenant, cluster, replica, sinceMs: known?.sender.sinceMs ?? nowMs, heardAtMs: nowMs };
    const isDue = known === undefined || nowMs - known.writtenAtMs >= WRITTEN_EVERY_MS;
    this.#known.set(id, { sender, writtenAtMs: isDue ? nowMs : known.writtenAtMs });
    return isDue ? 'write' : 'none';
  }

  /** What is known of one. */
  get(id: string): UnpairedSender | undefined {
    return this.#known.get(id)?.sender;
  }

  /** Forgets those that were not heard for long, and says which. */
  sweep(nowMs: number): readonly UnpairedSender[] {
    const gone: UnpairedSender[] = [];
    for (const [id, { sender }] of this.#known) {
      if (nowMs - sender.heardAtMs < UNPAIRED_SILENT_MS) continue;
      this.#known.delete(id);
      gone.push(sender);
    }
    return gone;
  }
}

/** Which label a sender lacks. */
export function unpairedVerdict({ cluster }: Pick<UnpairedSender, 'cluster'>): UnpairedVerdict {
  return cluster === null ? 'cluster-label-missing' : 'replica-label-missing';
}
