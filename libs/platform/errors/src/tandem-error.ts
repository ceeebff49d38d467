import { ERROR_CATALOGUE, type ErrorCategory, type ErrorCode } from './catalogue.ts';

/** Facts about a failure, for the log line: plain values, never a secret's content. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | undefined>>;

/** What may be said about a failure beside its code and message. */
export interface TandemErrorOptions {
  readonly context?: ErrorContext;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * A failure with a code of the catalogue. Category and retryability are the code's: callers branch on them, never on
 * the text. Messages read "cannot <verb> <object> "<value>"", without the cause: `describeError` adds that.
 */
export class TandemError extends Error {
  override readonly name: string = 'TandemError';
  readonly code: ErrorCode;
  readonly category: ErrorCategory;
  /** Whether the same call may succeed later with nothing changed but the outside world. */
  readonly retryable: boolean;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, message: string, options: TandemErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const { category, retryable } = ERROR_CATALOGUE[code];
    this.code = code;
    this.category = category;
    this.retryable = retryable;
    this.context = options.context ?? {};
  }
}
