import { type LabelSet } from '../labels/label-set.ts';

/** An alert as it is kept. Times are Unix ms. */
export interface Alert {
  /** What it is: none has an empty value, at least one is there. */
  readonly labels: LabelSet;
  /** What is said of it; values may be empty. */
  readonly annotations: LabelSet;
  readonly startsAtMs: number;
  /** From here on it is resolved, unless it is posted again. */
  readonly endsAtMs: number;
  /** When it was last received. */
  readonly updatedAtMs: number;
  /** Its end was not posted: it is when it was received, and `resolve_timeout` on. */
  readonly timeout: boolean;
  /** Link to what raised it, as posted; "" where nothing was. */
  readonly generatorUrl: string;
}

/** Whether an alert is over: there is no other resolving than that its end has come. */
export function isResolved({ endsAtMs }: Pick<Alert, 'endsAtMs'>, nowMs: number): boolean {
  return endsAtMs <= nowMs;
}
