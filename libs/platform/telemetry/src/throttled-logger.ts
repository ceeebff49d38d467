import { type LogFields, type Logger, type LogLevel } from './logger.ts';

/** How repeated lines are held back. */
export interface ThrottleOptions {
  /** The least time between two lines of one level and message, ms. Default 5000. */
  readonly intervalMs?: number;
  /** Unix ms. */
  readonly now?: () => number;
  /** Runs a function later; default a timer that keeps no process alive. */
  readonly schedule?: (run: () => void, delayMs: number) => void;
}

/** One message that was written and may be repeated. */
interface Window {
  readonly endsAtMs: number;
  dropped: number;
  fields: LogFields;
}

/** More messages than this are no fixed sentences: those beyond are written unthrottled rather than remembered. */
const MAX_MESSAGES = 1000;

/**
 * A logger that writes a line once per interval for each level and message, however often it is called, and then says
 * with the newest fields how many were left out (`similar_lines_left_out=12`). Nothing is dropped silently: a burst that ends is
 * reported when its interval does.
 */
export function throttleLogger(logger: Logger, options: ThrottleOptions = {}): Logger {
  const throttle = new Throttle(logger, options);
  return {
    debug: (fields, message) => throttle.write('debug', fields, message),
    info: (fields, message) => throttle.write('info', fields, message),
    warn: (fields, message) => throttle.write('warn', fields, message),
    error: (fields, message) => throttle.write('error', fields, message),
  };
}

class Throttle {
  readonly #logger: Logger;
  readonly #intervalMs: number;
  readonly #now: () => number;
  readonly #schedule: (run: () => void, delayMs: number) => void;
  readonly #windows = new Map<string, Window>();

  constructor(logger: Logger, options: ThrottleOptions) {
    this.#logger = logger;
    this.#intervalMs = options.intervalMs ?? 5000;
    this.#now = options.now ?? Date.now;
    this.#schedule = options.schedule ?? ((run, delayMs) => void setTimeout(run, delayMs).unref());
  }

  write(level: LogLevel, fields: LogFields, message: string): void {
    const key = `${level} ${message}`;
    const window = this.#windows.get(key);
    if (window === undefined) {
      this.#open(key, { level, message });
      this.#logger[level](fields, message);
      return;
    }
    window.dropped++;
    window.fields = fields;
    // The timer may be late: a busy process is when such lines come.
    if (this.#now() >= window.endsAtMs) this.#close(key, window, { level, message });
  }

  #open(key: string, line: Line): void {
    if (this.#windows.size >= MAX_MESSAGES) return;
    const window: Window = { endsAtMs: this.#now() + this.#intervalMs, dropped: 0, fields: {} };
    this.#windows.set(key, window);
    this.#schedule(() => this.#close(key, window, line), this.#intervalMs);
  }

  /** Ends a window; when lines were dropped in it, the newest of them is written and opens the next. */
  #close(key: string, window: Window, line: Line): void {
    if (this.#windows.get(key) !== window) return;
    this.#windows.delete(key);
    if (window.dropped === 0) return;
    this.#open(key, line);
    // The line that is written is not one of the dropped.
    const dropped = window.dropped - 1;
    const fields = dropped === 0 ? window.fields : { ...window.fields, similar_lines_left_out: dropped };
    this.#logger[line.level](fields, line.message);
  }
}

interface Line {
  readonly level: LogLevel;
  readonly message: string;
}
