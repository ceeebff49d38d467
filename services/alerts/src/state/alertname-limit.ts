import { isResolved, type Alert } from '@tandem/alerting';

/** How many alerts of a name may be known at once (`--alerts.per-alertname-limit`). */
export class AlertnameLimit {
  readonly #limit: number;
  /** Fingerprints by name. */
  readonly #known = new Map<string, Set<string>>();

  /** @param limit 0: none */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Whether an alert may be taken: one that is known may; another takes a place, that of one that is over where all are taken.
   *
   * @param find an alert that is known
   */
  admits(
    fingerprint: string,
    { labels }: Alert,
    nowMs: number,
    find: (fingerprint: string) => Alert | undefined,
  ): boolean {
    if (this.#limit === 0) return true;
    const name = labels.get('alertname') ?? '';
    const known = this.#known.get(name);
    if (known === undefined || known.has(fingerprint) || known.size < this.#limit) return true;
    for (const one of known) {
      const alert = find(one);
      if (alert !== undefined && !isResolved(alert, nowMs)) continue;
      known.delete(one);
      return true;
    }
    return false;
  }

  /** An alert is known. */
  add(fingerprint: string, { labels }: Alert): void {
    if (this.#limit === 0) return;
    const name = labels.get('alertname') ?? '';
    const known = this.#known.get(name) ?? new Set();
    this.#known.set(name, known.add(fingerprint));
  }

  /** An alert is known no more. */
  delete(fingerprint: string, { labels }: Alert): void {
    const name = labels.get('alertname') ?? '';
    const known = this.#known.get(name);
    if (known?.delete(fingerprint) === true && known.size === 0) this.#known.delete(name);
  }
}
