import { afterEach, describe, expect, test } from '@jest/globals';
import { freePort, launch, type LaunchedProcess, type LaunchOptions, portOpen, until } from '../../src/index.ts';

const started: LaunchedProcess[] = [];
const node = async (script: string, options: Partial<LaunchOptions> = {}): Promise<LaunchedProcess> => {
  const launched = await launch({ name: 'child', command: process.execPath, args: ['-e', script], ...options });
  started.push(launched);
  return launched;
};
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const FOR_EVER = 'setInterval(() => undefined, 1000);';

afterEach(async () => {
  await Promise.all(started.splice(0).map((launched) => launched.kill()));
});

describe('a launched process', () => {
  test('is ready when its condition is met, and restarts with the same arguments', async () => {
    const port = await freePort();
    const server = await node(`require('node:net').createServer().listen(${port}, '127.0.0.1')`, {
      ready: () => portOpen(port),
    });
    const first = server.pid;
    await server.restart();
    expect(server.pid).not.toBe(first);
    await expect(portOpen(port)).resolves.toBe(true);
    expect(await server.stop()).toEqual({ code: null, signal: 'SIGTERM' });
    expect(await server.stop()).toEqual({ code: null, signal: 'SIGTERM' });
    await expect(portOpen(port)).resolves.toBe(false);
  });

  test('that ends before it is ready fails at once, with its last words', async () => {
    const failing = node(`console.error('no such flag'); process.exit(3)`, { ready: () => false });
    await expect(failing).rejects.toThrow(/child ended with exit code 3[^]*no such flag/);
  });

  test('that never becomes ready is ended', async () => {
    let pid = 0;
    const hanging = node(FOR_EVER, { readyTimeoutMs: 200, ready: (child) => ((pid = child.pid), false) });
    await expect(hanging).rejects.toThrow('cannot see child to become ready: not within 200 ms');
    expect(alive(pid)).toBe(false);
  });

  test('that cannot be run says so', async () => {
    await expect(launch({ name: 'nothing', command: '/no/such/program' })).rejects.toThrow('cannot start nothing: ');
  });

  test('is killed when it ignores SIGTERM', async () => {
    const child = await node(`process.on('SIGTERM', () => undefined); console.log('up'); ${FOR_EVER}`, {
      stopTimeoutMs: 200,
    });
    await child.waitForLine(/^up$/);
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('is known to run again, long after its first run ended', async () => {
    const child = await node(FOR_EVER);
    await child.kill();
    await child.start();
    // Longer than the output of an ended run is waited for.
    await (
      await node('setTimeout(() => undefined, 700)')
    ).exited;
    expect(child.running).toBe(true);
    expect((await child.kill()).signal).toBe('SIGKILL');
  });

  test('shows the lines of the present run', async () => {
    const child = await node(`console.log('pid is ' + process.pid); ${FOR_EVER}`);
    const [, first] = await child.waitForLine(/pid is (\d+)/);
    await child.restart();
    const [, second] = await child.waitForLine(/pid is (\d+)/);
    expect([Number(first), Number(second)]).toEqual([expect.any(Number), child.pid]);
    expect(first).not.toBe(second);
  });

  test('keeps a bounded tail of its output', async () => {
    const script = `for (let i = 0; i < 5000; i++) console.log('line ' + i)`;
    const child = await node(script, { maxOutputChars: 1000 });
    await child.exited;
    expect(child.output.text.length).toBeLessThanOrEqual(2000);
    expect(child.output.tail(1)).toBe('line 4999');
  });

  test('does nothing while paused, and goes on afterwards', async () => {
    const child = await node(`let n = 0; setInterval(() => console.log('tick ' + ++n), 5)`);
    await child.waitForLine(/tick/);
    child.pause();
    const state = () => until(() => stateOf(child.pid), { what: 'the state of the child' });
    await until(async () => (await state()) === 'T', { what: 'the child to be stopped' });
    child.resume();
    await until(async () => (await state()) !== 'T', { what: 'the child to run again' });
    child.pause();
    expect((await child.stop()).signal).toBe('SIGTERM');
  });
});

async function stateOf(pid: number): Promise<string> {
  const child = await launch({ name: 'ps', command: 'ps', args: ['-o', 'state=', '-p', String(pid)] });
  await child.exited;
  return child.output.text.trim();
}
