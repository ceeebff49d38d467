import { type ChildProcess, spawn } from 'node:child_process';
import { Output } from './output.ts';
import { reapProcess, spareProcess } from './reaper.ts';
import { type Truthy, until } from './until.ts';

const OUTPUT_GRACE_MS = 500;

/** What to run, and when it counts as started. */
export interface LaunchOptions {
  /** Short, for messages: `prometheus-a`. */
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Asked until true: `() => portOpen(9090)`. Without it a process counts as started once it runs. */
  readonly ready?: (process: LaunchedProcess) => boolean | Promise<boolean>;
  /** Default 30 000. */
  readonly readyTimeoutMs?: number;
  /** How long `stop` waits before SIGKILL. Default 10 000. */
  readonly stopTimeoutMs?: number;
  /** How much output is kept. Default 256 Ki characters. */
  readonly maxOutputChars?: number;
}

/** How a process ended: an exit code or a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Where and how long to wait for something in the output. */
export interface WaitForLine {
  /** Default 10 000. */
  readonly timeoutMs?: number;
}

/**
 * A real process, and its successors where it is restarted. It is ended, at the latest, when the test process ends,
 * however that ends.
 */
export class LaunchedProcess {
  readonly options: LaunchOptions;
  readonly output: Output;
  #child: ChildProcess | undefined;
  #exit: Exit | undefined;
  #exited: Promise<Exit> = Promise.resolve({ code: null, signal: null });
  #stopped = false;

  constructor(options: LaunchOptions) {
    this.options = options;
    this.output = new Output(options.maxOutputChars ?? 256 * 1024);
  }

  get name(): string {
    return this.options.name;
  }

  /** The process id; of the last run when it has ended. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`cannot tell the process id of ${this.name}: it was not started`);
    return pid;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#exit === undefined;
  }

  /** How the last run ended; `undefined` while it runs. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** Resolves when the present run has ended. */
  get exited(): Promise<Exit> {
    return this.#exited;
  }

  /**
   * Starts it and waits until it is ready; when it is not in time, it is ended.
   *
   * @throws {Error} with the last lines of its output
   */
  async start(): Promise<this> {
    if (this.running) throw new Error(`cannot start ${this.name}: it is running`);
    await this.#spawn();
    const { ready } = this.options;
    if (ready === undefined) return this;
    try {
      const timeoutMs = this.options.readyTimeoutMs ?? 30_000;
      await this.waitFor(() => ready(this), { what: `${this.name} to become ready`, timeoutMs });
    } catch (error) {
      await this.kill();
      throw error;
    }
    return this;
  }

  #spawn(): Promise<void> {
    const { command, args = [], cwd, env } = this.options;
    const merged = Object.entries({ ...process.env, ...env }).filter(([, value]) => value !== undefined);
    const child = spawn(command, args, { cwd, env: Object.fromEntries(merged), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#exit = undefined;
    this.#stopped = false;
    this.output.mark();
    this.output.attach(child.stdout);
    this.output.attach(child.stderr);
    this.#exited = new Promise((resolve) => {
      let over = false;
      const ended = (code: number | null, signal: NodeJS.Signals | null) => {
        if (over) return;
        over = true;
        if (child.pid !== undefined) spareProcess(child.pid);
        this.#exit = { code, signal };
        resolve(this.#exit);
      };
      // By 'close' all output has been read; it never comes where a grandchild keeps the pipe, hence the limit.
      child.once('close', ended);
      child.once('exit', (code, signal) => setTimeout(ended, OUTPUT_GRACE_MS, code, signal).unref());
    });
    return new Promise((resolve, reject) => {
      child.once('spawn', () => {
        reapProcess(this.pid);
        resolve();
      });
      child.once('error', (cause) => {
        reject(new Error(`cannot start ${this.name}: ${cause.message}`, { cause }));
      });
    });
  }

  /**
   * Waits for anything truthy and returns it.
   *
   * @throws {UntilError} with the last output, when the time is over or the process has ended
   */
  async waitFor<T>(
    condition: () => T | Promise<T>,
    options: { readonly what: string; readonly timeoutMs?: number },
  ): Promise<Truthy<T>> {
    return until(condition, {
      ...options,
      detail: () => `last output of ${this.name}:\n${this.output.tail()}`,
      giveUp: () => (this.#exit === undefined ? undefined : `${this.name} ended with ${describeExit(this.#exit)}`),
    });
  }

  /** Waits for a line of this run's output that matches, one already written included, and returns the match. */
  async waitForLine(pattern: RegExp, { timeoutMs }: WaitForLine = {}): Promise<RegExpExecArray> {
    let match = matchLine(this.output.sinceMark, pattern);
    const unlisten = this.output.onLine((line) => (match ??= matchLine(line, pattern)));
    try {
      const what = `a line ${String(pattern)} of ${this.name}`;
      return await this.waitFor(() => match, timeoutMs === undefined ? { what } : { what, timeoutMs });
    } finally {
      unlisten();
    }
  }

  /** Asks it to end (SIGTERM), makes it end when it does not, and tells how it ended. Idempotent. */
  async stop(): Promise<Exit> {
    if (!this.running) return this.#exited;
    const timer = setTimeout(() => this.signal('SIGKILL'), this.options.stopTimeoutMs ?? 10_000);
    if (this.#stopped) this.resume();
    this.signal('SIGTERM');
    try {
      return await this.#exited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<Exit> {
    this.signal('SIGKILL');
    return this.#exited;
  }

  /** SIGSTOP: it keeps its sockets and files and does nothing. */
  pause(): void {
    this.#stopped = true;
    this.signal('SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    this.#stopped = false;
    this.signal('SIGCONT');
  }

  /** Sends a signal, if it runs. */
  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child?.kill(signal);
  }

  /** Ends it where it still runs, and starts it again with the same arguments and directory. */
  async restart(): Promise<this> {
    await this.stop();
    return this.start();
  }
}

/** Starts a process and waits until it is ready. */
export async function launch(options: LaunchOptions): Promise<LaunchedProcess> {
  return new LaunchedProcess(options).start();
}

/** Runs a command to its end and returns its output, standard error included. */
export async function runToEnd(
  options: LaunchOptions & { readonly timeoutMs?: number },
): Promise<{ readonly exit: Exit; readonly output: string }> {
  const launched = await launch(options);
  const timer = setTimeout(() => launched.signal('SIGKILL'), options.timeoutMs ?? 60_000);
  const exit = await launched.exited;
  clearTimeout(timer);
  return { exit, output: launched.output.text };
}

function matchLine(text: string, pattern: RegExp): RegExpExecArray | undefined {
  for (const line of text.split('\n')) {
    const match = new RegExp(pattern.source, pattern.flags.replace('g', '')).exec(line);
    if (match !== null) return match;
  }
  return undefined;
}

function describeExit({ code, signal }: Exit): string {
  return signal ?? `exit code ${String(code)}`;
}
