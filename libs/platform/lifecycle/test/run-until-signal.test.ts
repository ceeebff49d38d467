import { EventEmitter } from 'node:events';

import { describe, expect, test } from '@jest/globals';
import { NO_LOGGER, type Logger } from '@tandem/telemetry';

import { App, EXIT_CODES, runUntilSignal, type Component, type HostProcess, type ProcessEvent } from '../src/index.ts';

/** A process that is told of signals and notes its exits. */
class FakeHost extends EventEmitter implements HostProcess {
  readonly exits: number[] = [];

  override on(event: ProcessEvent, listener: (...details: readonly unknown[]) => void): this {
    return super.on(event, listener);
  }

  override off(event: ProcessEvent, listener: (...details: readonly unknown[]) => void): this {
    return super.off(event, listener);
  }

  exit(code: number): void {
    this.exits.push(code);
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

async function running(component: Partial<Component> = {}, options: { reload?: () => Promise<void> } = {}) {
  const host = new FakeHost();
  const lines: string[] = [];
  const write: Logger['info'] = (fields, message) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { ...NO_LOGGER, info: write, warn: write, error: write };
  const full: Component = { name: 'a', start: () => undefined, stop: () => undefined, ...component };
  const app = new App({ components: [full], logger: NO_LOGGER, drainDeadlineMs: 20 });
  const code = runUntilSignal(app, { logger, host, ...options });
  await settled();
  return { app, host, code, lines };
}

describe('a running process', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s drains it and exits 0', async (signal) => {
    const { app, host, code } = await running();
    expect(app.state).toBe('running');
    host.emit(signal);
    expect(await code).toBe(EXIT_CODES.clean);
    expect(host.exits).toEqual([0]);
    expect(host.eventNames()).toEqual([]);
  });

  test('a second signal exits at once, with its number', async () => {
    const { host } = await running({ stop: () => new Promise(() => undefined) });
    host.emit('SIGTERM');
    host.emit('SIGINT');
    expect(host.exits).toEqual([130]);
  });

  test('a component that is not stopped in time makes the code 3', async () => {
    const { host, code } = await running({ stop: () => new Promise(() => undefined) });
    host.emit('SIGTERM');
    expect(await code).toBe(EXIT_CODES.incomplete);
  });

  test('a start that fails exits 1', async () => {
    const { code } = await running({ start: () => Promise.reject(new Error('no')) });
    expect(await code).toBe(EXIT_CODES.failed);
  });

  test('a component that fails later exits 1', async () => {
    const { app, code } = await running();
    app.fail(new Error('gone'));
    expect(await code).toBe(EXIT_CODES.failed);
  });

  test.each(['uncaughtException', 'unhandledRejection'] as const)(
    '%s is logged with its place and exits 1',
    async (event) => {
      const { host, lines } = await running();
      host.emit(event, new Error('a defect'));
      expect(host.exits).toEqual([1]);
      expect(lines.join('\n')).toContain('run-until-signal.test');
    },
  );

  test('SIGHUP reloads, one after the other; a failure changes nothing', async () => {
    let calls = 0;
    const reload = () => {
      calls++;
      return calls === 1 ? Promise.reject(new Error('bad file')) : Promise.resolve();
    };
    const { app, host, lines } = await running({}, { reload });
    host.emit('SIGHUP');
    host.emit('SIGHUP');
    await settled();
    expect(calls).toBe(2);
    expect(app.state).toBe('running');
    expect(lines.join('\n')).toContain('reload failed');
    host.emit('SIGTERM');
  });

  test('SIGHUP without anything to reload does not end it', async () => {
    const { app, host, code } = await running();
    host.emit('SIGHUP');
    expect(app.state).toBe('running');
    host.emit('SIGTERM');
    expect(await code).toBe(0);
  });
});
