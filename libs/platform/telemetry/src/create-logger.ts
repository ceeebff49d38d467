import { describeError } from '@tandem/errors';
import pino from 'pino';

import { type LogFields, type LogFormat, type LogLevel, type RootLogger } from './logger.ts';
import { formatLogfmt } from './logfmt.ts';

/** Where lines go: whatever has `write`, a stream for example. */
export interface LogDestination {
  write(line: string): unknown;
}

/**
 * What a line calls its time and level. `tandem`: `ts=… level=info component=… msg=…`, as Prometheus did for long; `slog`:
 * `time=… level=INFO msg=… component=…`, as Prometheus' programs do today.
 */
export type LogStyle = 'tandem' | 'slog';

/** What a logger is made of. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Default `tandem`. */
  readonly style?: LogStyle;
  /** Default: standard error, written synchronously, so that the last line before an exit is not lost. */
  readonly destination?: LogDestination;
  /** The clock of `ts`, Unix ms. */
  readonly now?: () => number;
}

/** Names that lines have for themselves; a field of that name is kept, with a trailing underscore. */
const RESERVED = new Set(['ts', 'time', 'level', 'msg']);

/** The logger of a process. Components are given children of it: `logger.child({ component: 'ingest' })`. */
export function createLogger(options: LoggerOptions): RootLogger {
  const now = options.now ?? Date.now;
  const destination = options.destination ?? pino.destination({ dest: 2, sync: true });
  const slog = options.style === 'slog';
  const writer = pino(
    {
      // Levels are gated here, not in pino, whose children would keep the level they were made with.
      level: 'debug',
      base: null,
      messageKey: 'msg',
      timestamp: () => `,"${slog ? 'time' : 'ts'}":"${new Date(now()).toISOString()}"`,
      formatters: {
        level: (label) => ({ level: slog ? label.toUpperCase() : label }),
        log: printable,
        bindings: printable,
      },
    },
    options.format === 'json' ? lines(destination) : logfmtLines(destination),
  );
  return new GatedLogger(writer, { level: options.level });
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** A pino logger behind a level that all loggers of the process share. */
class GatedLogger implements RootLogger {
  readonly #writer: pino.Logger;
  readonly #gate: { level: LogLevel };

  constructor(writer: pino.Logger, gate: { level: LogLevel }) {
    this.#writer = writer;
    this.#gate = gate;
  }

  get level(): LogLevel {
    return this.#gate.level;
  }

  set level(level: LogLevel) {
    this.#gate.level = level;
  }

  child(fields: LogFields): RootLogger {
    return new GatedLogger(this.#writer.child(fields), this.#gate);
  }

  debug(fields: LogFields, message: string): void {
    this.#write('debug', fields, message);
  }

  info(fields: LogFields, message: string): void {
    this.#write('info', fields, message);
  }

  warn(fields: LogFields, message: string): void {
    this.#write('warn', fields, message);
  }

  error(fields: LogFields, message: string): void {
    this.#write('error', fields, message);
  }

  #write(level: LogLevel, fields: LogFields, message: string): void {
    if (RANK[level] >= RANK[this.#gate.level]) this.#writer[level](fields, message);
  }
}

/** Makes fields printable: errors as one line with their causes, reserved names out of the way. */
function printable(fields: LogFields): Record<string, unknown> {
  const printed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    printed[RESERVED.has(name) ? `${name}_` : name] = value instanceof Error ? describeError(value) : value;
  }
  return printed;
}

function lines(destination: LogDestination): pino.DestinationStream {
  return { write: (line) => void destination.write(line) };
}

/** Turns pino's JSON lines into logfmt. Logging is no hot path: what is written often is a metric. */
function logfmtLines(destination: LogDestination): pino.DestinationStream {
  return {
    write: (line) => {
      const { ts, time, level, component, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
      const head = time === undefined ? { ts, level, component, msg } : { time, level, msg, component };
      destination.write(`${formatLogfmt({ ...head, ...fields })}\n`);
    },
  };
}
