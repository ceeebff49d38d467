import { type Claim, type NotificationEntry, type NotificationTarget, type TargetState } from '@tandem/alerting';

/** The notification log, as a flush needs it. Targets are named by their keys (`notificationKey`). */
export interface NotificationLog {
  /**
   * The state of a target with everything that was acknowledged before the call, by whichever instance.
   *
   * @returns `undefined` where the log cannot be read in time
   */
  readToEnd(key: string, signal: AbortSignal): Promise<TargetState | undefined>;
  /** The state of a target as far as it was read. */
  known(key: string): TargetState;
  /** Appends a claim that holds for `forMs` from its append time on. @returns whether the log has it */
  claim(target: NotificationTarget, claim: Omit<Claim, 'untilMs'>, forMs: number): Promise<boolean>;
  /**
   * Writes down what was sent, and ends the claim. Known here at once; where the log is away it is kept, and appended before
   * anything else when the log is back.
   */
  record(entry: NotificationEntry, claim: Omit<Claim, 'untilMs'> | undefined): Promise<void>;
  /** Ends a claim by which nothing was sent. Where the log is away the claim ends by itself. */
  release(target: NotificationTarget, claim: Omit<Claim, 'untilMs'>): Promise<void>;
  /** Resolves when something new of a target was read, or when the signal aborts. */
  changed(key: string, signal: AbortSignal): Promise<void>;
}
