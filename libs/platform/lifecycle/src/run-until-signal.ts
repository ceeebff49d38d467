import { type Logger } from '@tandem/telemetry';

import { type App } from './app.ts';

/** What a process ends with. */
export const EXIT_CODES = {
  /** Stopped as asked, everything under way was finished. */
  clean: 0,
  /** A component failed, at the start or later, or a defect was caught. */
  failed: 1,
  /** The configuration or the command line is wrong (decided before anything is started). */
  usage: 2,
  /** Stopped as asked, but a component failed to stop or was not done in time. */
  incomplete: 3,
} as const;

/** The signals that end a process; a second one ends it at once with 128 and its number. */
const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;
type EndSignal = keyof typeof SIGNAL_NUMBERS;

/** The events of a process that are listened to. */
export type ProcessEvent = EndSignal | 'SIGHUP' | 'uncaughtException' | 'unhandledRejection';

/** What is needed of Node's `process`. */
export interface HostProcess {
  on(event: ProcessEvent, listener: (...details: readonly unknown[]) => void): unknown;
  off(event: ProcessEvent, listener: (...details: readonly unknown[]) => void): unknown;
  exit(code: number): void;
}

/** How a process is run. */
export interface RunOptions {
  readonly logger: Logger;
  /** Called at SIGHUP, one call at a time; a failure is logged and changes nothing. Without it SIGHUP is only logged. */
  readonly reload?: () => Promise<void> | void;
  /** Default: Node's `process`. */
  readonly host?: HostProcess;
}

/**
 * Starts an app and runs it until SIGTERM or SIGINT drain it, or it fails; then exits the process with one of
 * `EXIT_CODES`. A second signal exits at once, as does an uncaught exception or rejection (logged, 1): what is
 * acknowledged is in the log, and nothing can be said about the rest of such a process.
 *
 * @returns the exit code, for a host whose `exit` returns
 */
export async function runUntilSignal(app: App, options: RunOptions): Promise<number> {
  const host = options.host ?? process;
  const run = new Run(app, options, host);
  const code = await run.untilEnd();
  host.exit(code);
  return code;
}

class Run {
  readonly #app: App;
  readonly #options: RunOptions;
  readonly #host: HostProcess;
  readonly #handlers: ReadonlyMap<ProcessEvent, (...details: readonly unknown[]) => void>;
  #signalled = false;
  #exited = false;
  #reloading: Promise<void> = Promise.resolve();

  constructor(app: App, options: RunOptions, host: HostProcess) {
    this.#app = app;
    this.#options = options;
    this.#host = host;
    this.#handlers = new Map<ProcessEvent, (...details: readonly unknown[]) => void>([
      ['SIGTERM', () => this.#onEndSignal('SIGTERM')],
      ['SIGINT', () => this.#onEndSignal('SIGINT')],
      ['SIGHUP', () => this.#onHangup()],
      ['uncaughtException', (error) => this.#onDefect(error, 'uncaught exception')],
      ['unhandledRejection', (error) => this.#onDefect(error, 'unhandled rejection')],
    ]);
  }

  async untilEnd(): Promise<number> {
    for (const [event, handler] of this.#handlers) this.#host.on(event, handler);
    try {
      const ended = new Promise<void>((resolve) => {
        this.#app.onState((state) => {
          if (state === 'stopped' || state === 'failed') resolve();
        });
      });
      // Its failure is the app's, which is looked at in the end.
      void this.#app.start().catch(() => undefined);
      await ended;
      const { incomplete } = await this.#app.stop();
      if (this.#app.state === 'failed') return EXIT_CODES.failed;
      return incomplete.length > 0 ? EXIT_CODES.incomplete : EXIT_CODES.clean;
    } finally {
      for (const [event, handler] of this.#handlers) this.#host.off(event, handler);
    }
  }

  #onEndSignal(signal: EndSignal): void {
    if (this.#signalled) {
      this.#options.logger.warn({ signal }, 'exiting at once: second signal');
      this.#exitNow(128 + SIGNAL_NUMBERS[signal]);
      return;
    }
    this.#signalled = true;
    this.#options.logger.info({ signal }, 'stopping');
    void this.#app.stop();
  }

  #onHangup(): void {
    const { reload, logger } = this.#options;
    if (reload === undefined) {
      logger.info({ signal: 'SIGHUP' }, 'nothing to reload');
      return;
    }
    this.#reloading = this.#reloading.then(reload).catch((error: unknown) => {
      logger.error({ error }, 'reload failed, the configuration before stays');
    });
  }

  #onDefect(error: unknown, message: string): void {
    this.#options.logger.error({ error, stack: framesOf(error) }, message);
    this.#exitNow(EXIT_CODES.failed);
  }

  #exitNow(code: number): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#host.exit(code);
  }
}

/** Where it was thrown, without the message: that is printed masked, as `error`. */
function framesOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return error.stack
    ?.match(/^\s+at .*$/gmu)
    ?.map((frame) => frame.trim())
    .join(' < ');
}
