import { type LogFields, type Logger, type LogLevel } from './logger.ts';

/** How repeated lines are held back. */
export interface ThrottleOptions {
  /** The least time between two lines of one level and message, ms. Default 5000. */
  readonly intervalMs?: number;
  /** Runs a function later; default a timer that keeps no process alive. */
  readonly schedule?: (run: () => void, delayMs: number) => void;
}

/** One message that was written and may be repeated. */
interface Window {
  dropped: number;
  fields: LogFields;
}

/** More messages than this are no fixed sentences: those beyond are written unthrottled rather than remembered. */
const MAX_MESSAGES = 1000;

/**
 * A logger that writes a line once per interval for each level and message, however often it is called, and then says
 * with the newest fields how many were dropped (`dropped=12`). Nothing is dropped silently: a burst that ends is
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
  readonly #schedule: (run: () => void, delayMs: number) => void;
  readonly #windows = new Map<string, Window>();

  constructor(logger: Logger, options: ThrottleOptions) {
    this.#logger = logger;
    this.#intervalMs = options.intervalMs ?? 5000;
    this.#schedule = options.schedule ?? ((run, delayMs) => void setTimeout(run, delayMs).unref());
  }

  write(level: LogLevel, fields: LogFields, message: string): void {
    const key = `${level} ${message}`;
    const window = this.#windows.get(key);
    if (window === undefined) {
      this.#open(key, { level, message });
      this.#logger[level](fields, message);
    } else {
      window.dropped++;
      window.fields = fields;
    }
  }

  #open(key: string, line: { readonly level: LogLevel; readonly message: string }): void {
    if (this.#windows.size >= MAX_MESSAGES) return;
    this.#windows.set(key, { dropped: 0, fields: {} });
    this.#schedule(() => {
      const window = this.#windows.get(key);
      this.#windows.delete(key);
      if (window === undefined || window.dropped === 0) return;
      this.#open(key, line);
      this.#logger[line.level]({ ...window.fields, dropped: window.dropped }, line.message);
    }, this.#intervalMs);
  }
}
