/** Facts of a log line. Errors are described with their causes on one line; secrets print as `<secret>`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** How much a line matters: `error` wants somebody to act, `warn` may, `info` tells what goes on, `debug` why. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Every level, from the most talkative. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

/** How a line is written: Prometheus' `ts=… level=… component=… msg="…"`, or one JSON object. */
export type LogFormat = 'logfmt' | 'json';

/** Every format. */
export const LOG_FORMATS = ['logfmt', 'json'] as const satisfies readonly LogFormat[];

/**
 * What a component logs to. The message is a fixed English sentence without values, those are fields; so lines can be
 * searched, counted and throttled by their message. Structural: an adapter may declare the same four methods.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** The logger of a process, from which components get theirs. */
export interface RootLogger extends Logger {
  /** The least level written. One for all loggers of the process: assigning it takes effect everywhere, at once. */
  level: LogLevel;
  /** A logger whose lines carry these fields, `{ component: 'ingest' }` for example, before their own. */
  child(fields: LogFields): RootLogger;
}

/** Logs nothing. */
export const NO_LOGGER: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
