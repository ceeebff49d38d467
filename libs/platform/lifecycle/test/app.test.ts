import { describe, expect, test } from '@jest/globals';
import { NO_LOGGER } from '@tandem/telemetry';

import { App, type AppOptions, type Clock, type Component } from '../src/index.ts';

/** A clock that is moved by hand. */
class ManualClock implements Clock {
  #nowMs = 0;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  schedule(run: () => void, delayMs: number): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves to the next timer, after letting everything that is ready happen. */
  async next(): Promise<void> {
    await settled();
    const [timer] = this.#timers.toSorted((a, b) => a.atMs - b.atMs);
    if (timer === undefined) throw new Error('nothing is waited for');
    this.#timers = this.#timers.filter((other) => other !== timer);
    this.#nowMs = Math.max(this.#nowMs, timer.atMs);
    timer.run();
    await settled();
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const NEVER = () => new Promise<void>(() => undefined);

/** Components that note what is done to them. */
function bench(overrides: readonly Partial<Component>[], options: Partial<AppOptions> = {}) {
  const calls: string[] = [];
  const clock = new ManualClock();
  const components = overrides.map((override, index): Component => {
    const name = override.name ?? String.fromCharCode(97 + index);
    return {
      name,
      start: (signal) => {
        calls.push(`start ${name}`);
        return override.start?.(signal);
      },
      stop: () => {
        calls.push(`stop ${name}`);
        return override.stop?.();
      },
    };
  });
  const app = new App({ components, logger: NO_LOGGER, clock, ...options });
  const states: string[] = [];
  app.onState((state) => states.push(state));
  return { app, calls, clock, states };
}

const fails = (message: string) => () => Promise.reject(new Error(message));

describe('an app', () => {
  test('L1, L2: starts in order and stops in the reverse order', async () => {
    const { app, calls, states } = bench([{}, {}, {}]);
    await app.start();
    expect(app.state).toBe('running');
    expect(await app.stop()).toEqual({ incomplete: [] });
    expect(calls).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
    expect(states).toEqual(['starting', 'running', 'draining', 'stopped']);
  });

  test('L3: a start that fails stops what was started, itself included, and rejects with the failure', async () => {
    const { app, calls, states } = bench([{}, { start: fails('no disk') }, {}]);
    await expect(app.start()).rejects.toThrow('no disk');
    expect(calls).toEqual(['start a', 'start b', 'stop b', 'stop a']);
    expect(states).toEqual(['starting', 'draining', 'failed']);
    expect(app.failure).toEqual(new Error('no disk'));
  });

  test('a start that throws rather than rejects is the same', async () => {
    const { app } = bench([
      {
        start: () => {
          throw new Error('at once');
        },
      },
    ]);
    await expect(app.start()).rejects.toThrow('at once');
    expect(app.state).toBe('failed');
  });

  test('a start that is late fails with a code, its signal aborted', async () => {
    let aborted = false;
    const start = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return NEVER();
    };
    const { app, clock } = bench([{ start }], { startDeadlineMs: 100 });
    const outcome = app.start().catch((error: unknown) => error);
    await clock.next();
    expect(await outcome).toMatchObject({ code: 'TANDEM_LIFECYCLE_START_TIMEOUT' });
    expect(aborted).toBe(true);
  });

  test('L4: a stop that fails and one that never ends are reported, and the others are stopped', async () => {
    const { app, calls, clock } = bench([{}, { stop: fails('stuck') }, { stop: NEVER }]);
    await app.start();
    const stopped = app.stop();
    await clock.next();
    expect(await stopped).toEqual({ incomplete: ['c', 'b'] });
    expect(calls.slice(3)).toEqual(['stop c', 'stop b', 'stop a']);
    expect(app.state).toBe('stopped');
  });

  test('L5: all stops together keep the deadline', async () => {
    const { app, clock } = bench([{ stop: NEVER }, { stop: NEVER }, { stop: NEVER }], {
      stopDeadlineMs: 8000,
      drainDeadlineMs: 9000,
    });
    await app.start();
    const stopped = app.stop();
    for (let step = 0; step < 3; step++) await clock.next();
    expect((await stopped).incomplete).toHaveLength(3);
    expect(clock.now()).toBe(9050);
  });

  test('L6: a stop during the start aborts it and starts nothing more', async () => {
    const start = (signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    const { app, calls, states } = bench([{}, { start }, {}]);
    const started = app.start();
    await settled();
    await app.stop();
    await started;
    expect(calls).toEqual(['start a', 'start b', 'stop b', 'stop a']);
    expect(states).toEqual(['starting', 'draining', 'stopped']);
  });

  test('L6: a start that does not hear is waited for half of the time, then stopped all the same', async () => {
    const { app, calls, clock } = bench([{ start: NEVER }], { drainDeadlineMs: 1000 });
    void app.start();
    await settled();
    const stopped = app.stop();
    await clock.next();
    await stopped;
    expect(clock.now()).toBe(500);
    expect(calls).toEqual(['start a', 'stop a']);
  });

  test('L7: starting and stopping again is the same start and stop', async () => {
    const { app, calls } = bench([{}]);
    expect(app.start()).toBe(app.start());
    await app.start();
    expect(app.stop()).toBe(app.stop());
    await app.stop();
    expect(calls).toEqual(['start a', 'stop a']);
    await expect(app.start()).rejects.toMatchObject({ code: 'TANDEM_LIFECYCLE_STATE' });
  });

  test('L8: a component that cannot go on ends the app as failed, with the first failure', async () => {
    const { app, calls } = bench([{}]);
    await app.start();
    app.fail(new Error('first'));
    app.fail(new Error('second'));
    await app.stop();
    expect(app.state).toBe('failed');
    expect(app.failure).toEqual(new Error('first'));
    expect(calls).toEqual(['start a', 'stop a']);
  });

  test('stopped before it was started, it starts nothing', async () => {
    const { app, calls } = bench([{}]);
    await app.stop();
    expect(app.state).toBe('stopped');
    await expect(app.start()).rejects.toMatchObject({ code: 'TANDEM_LIFECYCLE_STATE' });
    expect(calls).toEqual([]);
  });
});
