import { isResolved, type Alert } from './alert.ts';
import { receiveAgain } from './merge-alerts.ts';

/** What came of a record of the log. */
export interface FoldedAlert {
  /** What is known of the alert from now on. */
  readonly alert: Alert;
  /**
   * Whether the record alone would tell the same. Where it does not, another one came in between, and what came of both has
   * to be written down, as compaction keeps the last record only.
   */
  readonly isWhole: boolean;
}

/**
 * The alerts of a cluster (SPEC.md, W1 to W4): what the log says of each, folded in the order of the log, and on top of it what
 * this instance has received and has not read back yet.
 */
export class AlertTable {
  /** By fingerprint, as the log says. */
  readonly #logged = new Map<string, Alert>();
  /** By fingerprint: received here, and not read back yet; what the log says is part of it. */
  readonly #ahead = new Map<string, Alert>();

  /** How many are known. */
  get size(): number {
    let onlyAhead = 0;
    for (const fingerprint of this.#ahead.keys()) if (!this.#logged.has(fingerprint)) onlyAhead += 1;
    return this.#logged.size + onlyAhead;
  }

  get(fingerprint: string): Alert | undefined {
    return this.#ahead.get(fingerprint) ?? this.#logged.get(fingerprint);
  }

  /** Every alert that is known, by fingerprint. */
  *entries(): IterableIterator<readonly [string, Alert]> {
    for (const [fingerprint, alert] of this.#logged) yield [fingerprint, this.#ahead.get(fingerprint) ?? alert];
    for (const entry of this.#ahead) if (!this.#logged.has(entry[0])) yield entry;
  }

  /** An alert was received here, at a log time. @returns what is known of it now: what is to be appended */
  received(fingerprint: string, alert: Alert, nowMs: number): Alert {
    const known = this.get(fingerprint);
    const merged = again(known, alert, nowMs);
    this.#ahead.set(fingerprint, merged);
    return merged;
  }

  /** What was received here, as it is to be appended; `undefined` where everything was read back. */
  ahead(fingerprint: string): Alert | undefined {
    return this.#ahead.get(fingerprint);
  }

  /** A record of the log, appended at a log time; it counts as received then. */
  apply(fingerprint: string, record: Alert, appendedAtMs: number): FoldedAlert {
    const alert = again(this.#logged.get(fingerprint), { ...record, updatedAtMs: appendedAtMs }, appendedAtMs);
    this.#logged.set(fingerprint, alert);
    const ahead = this.#ahead.get(fingerprint);
    if (ahead !== undefined)
      this.#comeBack(fingerprint, again(alert, { ...ahead, updatedAtMs: appendedAtMs }, appendedAtMs));
    return { alert: this.get(fingerprint) ?? alert, isWhole: tellsTheSame(alert, record) };
  }

  /**
   * A tombstone of the log. It forgets what is over as of then; what fires was received since whoever wrote it looked.
   *
   * @returns whether the alert is forgotten
   */
  forget(fingerprint: string, appendedAtMs: number): boolean {
    const alert = this.get(fingerprint);
    if (alert !== undefined && !isResolved(alert, appendedAtMs)) return false;
    this.#ahead.delete(fingerprint);
    return this.#logged.delete(fingerprint) || alert !== undefined;
  }

  /** What was received here counts as read back when the log tells the same, whoever wrote it. */
  #comeBack(fingerprint: string, ahead: Alert): void {
    const logged = this.#logged.get(fingerprint);
    if (logged !== undefined && tellsTheSame(logged, ahead)) this.#ahead.delete(fingerprint);
    else this.#ahead.set(fingerprint, ahead);
  }
}

/** Labels are kept as they were known: they are the same, and what is remembered of them goes on holding. */
function again(known: Alert | undefined, alert: Alert, nowMs: number): Alert {
  const received = receiveAgain(known, alert, nowMs);
  return known === undefined ? received : { ...received, labels: known.labels };
}

function tellsTheSame(one: Alert, other: Alert): boolean {
  return (
    one.startsAtMs === other.startsAtMs &&
    one.endsAtMs === other.endsAtMs &&
    one.timeout === other.timeout &&
    one.generatorUrl === other.generatorUrl &&
    isSameText(one.annotations, other.annotations)
  );
}

function isSameText(one: Alert['annotations'], other: Alert['annotations']): boolean {
  if (one.size !== other.size) return false;
  for (const [name, value] of one) if (other.get(name) !== value) return false;
  return true;
}
