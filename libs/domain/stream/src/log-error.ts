/** Why the log could not do what was asked. */
export type LogErrorReason =
  'unavailable' | 'full' | 'fenced' | 'too-large' | 'unknown-topic' | 'misconfigured' | 'closed';

const RETRYABLE: ReadonlySet<LogErrorReason> = new Set(['unavailable', 'full']);

/** The one error of the log port; drivers keep their own error as `cause`. */
export class LogError extends Error {
  override readonly name: string = 'LogError';
  readonly reason: LogErrorReason;
  /** `TANDEM_LOG_UNAVAILABLE` and so on; each is in the error reference. */
  readonly code: string;
  /** Whether the same call may succeed later without anybody changing anything but the outside world. */
  readonly retryable: boolean;

  constructor(reason: LogErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.code = `TANDEM_LOG_${reason.toUpperCase().replaceAll('-', '_')}`;
    this.retryable = RETRYABLE.has(reason);
  }
}
