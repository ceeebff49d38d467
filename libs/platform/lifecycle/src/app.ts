import { TandemError } from '@tandem/errors';
import { type Logger } from '@tandem/telemetry';

import { runWithin, SYSTEM_CLOCK, type Clock, type StepOutcome } from './clock.ts';
import { type Component } from './component.ts';
import { transition, type AppEvent, type AppState } from './transition.ts';

/** What an app is made of. */
export interface AppOptions {
  /** In the order of starting; stopped in the reverse. */
  readonly components: readonly Component[];
  readonly logger: Logger;
  /** Longest time one component's start may take, ms. Default 30 000. */
  readonly startDeadlineMs?: number;
  /** Longest time one component's stop may take, ms. Default 8000. */
  readonly stopDeadlineMs?: number;
  /** Longest time all stops together may take, ms: a step gets at most what is left. Default 9000. */
  readonly drainDeadlineMs?: number;
  readonly clock?: Clock;
}

/** How the stop went. */
export interface StopReport {
  /** Components that failed to stop, or were not done in time. */
  readonly incomplete: readonly string[];
}

/** Told of every change of state. */
export type StateListener = (state: AppState, previous: AppState) => void;

/** What a component's stop gets at least, when those before it have used the time up, ms. */
const LAST_CHANCE_MS = 50;

/**
 * Components with one life: started in order, stopped in the reverse order, each step with a deadline and its duration
 * logged. A start that fails stops what was started. States and events are in SPEC.md.
 */
export class App {
  readonly #options: AppOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Those whose stop is owed, in the order of starting. */
  readonly #owed: Component[] = [];
  readonly #listeners: StateListener[] = [];
  readonly #unwanted = new AbortController();
  readonly #incomplete: string[] = [];
  #state: AppState = 'initialised';
  #failure: { readonly error: unknown } | undefined;
  #starting: Promise<void> | undefined;
  /** The start step under way, or the last one. */
  #step: Promise<unknown> = Promise.resolve();
  #stopping: Promise<StopReport> | undefined;

  constructor(options: AppOptions) {
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#logger = options.logger;
  }

  get state(): AppState {
    return this.#state;
  }

  /** Why the app failed; `undefined` when it did not. */
  get failure(): unknown {
    return this.#failure?.error;
  }

  /** Calls the listener at every change of state from now on. */
  onState(listener: StateListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Starts the components in order. Called again it gives the same promise. It resolves when all are started, or when a
   * stop asked for meanwhile is done; it rejects with the first failure, after everything started was stopped again.
   *
   * @throws {TandemError} `TANDEM_LIFECYCLE_STATE` when the app was stopped or has failed
   */
  start(): Promise<void> {
    if (this.#apply('start') === 'refused') {
      return Promise.reject(new TandemError('TANDEM_LIFECYCLE_STATE', `cannot start: the process is ${this.#state}`));
    }
    this.#starting ??= this.#startAll();
    return this.#starting;
  }

  /** Stops what was started, last first. Called again it gives the same promise; never rejects. */
  stop(): Promise<StopReport> {
    this.#apply('stop');
    this.#stopping ??= this.#drain();
    return this.#stopping;
  }

  /** Tells that a component cannot go on: the app drains and ends as `failed`. Only the first failure is kept. */
  fail(error: unknown): void {
    if (this.#state === 'stopped' || this.#state === 'failed') return;
    this.#failure ??= { error };
    this.#apply('fault');
    this.#stopping ??= this.#drain();
  }

  async #startAll(): Promise<void> {
    const began = this.#clock.now();
    for (const component of this.#options.components) {
      if (this.state !== 'starting') break;
      await this.#startOne(component);
    }
    if (this.state === 'starting') {
      this.#apply('started');
      this.#logger.info({ duration: seconds(this.#clock.now() - began) }, 'started');
      return;
    }
    await this.#stopping;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #startOne(component: Component): Promise<void> {
    const deadlineMs = component.startDeadlineMs ?? this.#options.startDeadlineMs ?? 30_000;
    const began = this.#clock.now();
    this.#owed.push(component);
    const late = new AbortController();
    const signal = AbortSignal.any([this.#unwanted.signal, late.signal]);
    const running = runWithin(() => component.start(signal), deadlineMs, this.#clock);
    this.#step = running;
    const step = await running;
    const fields = { name: component.name, duration: seconds(this.#clock.now() - began) };
    if (step.outcome === 'done') {
      this.#logger.debug(fields, 'component started');
    } else if (this.state === 'starting') {
      late.abort();
      this.fail(startFailure(component, step, deadlineMs));
      this.#logger.error({ ...fields, error: this.failure }, 'component not started');
    }
  }

  async #drain(): Promise<StopReport> {
    const began = this.#clock.now();
    const budgetMs = this.#options.drainDeadlineMs ?? 9000;
    this.#unwanted.abort();
    // A start that is under way is told to end; half of the time is kept for the stops.
    await runWithin(() => this.#step.then(() => undefined), budgetMs / 2, this.#clock);
    for (let component = this.#owed.pop(); component !== undefined; component = this.#owed.pop()) {
      await this.#stopOne(component, began + budgetMs - this.#clock.now());
    }
    if (this.#state === 'draining') this.#apply('drained');
    const fields = { state: this.#state, duration: seconds(this.#clock.now() - began) };
    this.#logger.info(fields, 'stopped');
    return { incomplete: this.#incomplete };
  }

  async #stopOne(component: Component, leftMs: number): Promise<void> {
    const ownMs = component.stopDeadlineMs ?? this.#options.stopDeadlineMs ?? 8000;
    const deadlineMs = Math.max(LAST_CHANCE_MS, Math.min(ownMs, leftMs));
    const began = this.#clock.now();
    const step = await runWithin(() => component.stop(), deadlineMs, this.#clock);
    const fields = { name: component.name, duration: seconds(this.#clock.now() - began) };
    if (step.outcome === 'done') {
      this.#logger.info(fields, 'component stopped');
      return;
    }
    this.#incomplete.push(component.name);
    this.#logger.error({ ...fields, error: stopFailure(component, step, deadlineMs) }, 'component not stopped');
  }

  #apply(event: AppEvent): ReturnType<typeof transition> {
    const next = transition(this.#state, event, this.#failure !== undefined);
    if (next !== 'ignored' && next !== 'refused') {
      const previous = this.#state;
      this.#state = next;
      for (const listener of this.#listeners) listener(next, previous);
    }
    return next;
  }
}

type Unfinished = Exclude<StepOutcome, { readonly outcome: 'done' }>;

function startFailure(component: Component, step: Unfinished, deadlineMs: number): unknown {
  if (step.outcome === 'failed') return step.error;
  const message = `cannot start ${component.name} within ${seconds(deadlineMs)}`;
  return new TandemError('TANDEM_LIFECYCLE_START_TIMEOUT', message);
}

function stopFailure(component: Component, step: Unfinished, deadlineMs: number): unknown {
  if (step.outcome === 'failed') return step.error;
  const message = `cannot stop ${component.name} within ${seconds(deadlineMs)}`;
  return new TandemError('TANDEM_LIFECYCLE_STOP_TIMEOUT', message);
}

/** A duration for people: `1.250s`. */
function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(3)}s`;
}
