import { describe, expect, test } from '@jest/globals';
import { runToEnd, tempDir } from '@tandem/testing';
import { childArgs } from './child/launch-child.ts';

/** A file system of its own, of this size, without being root. */
const SMALL = [
  '--user',
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  'mount -t tmpfs -o size=12m tmpfs "$0" && exec "$@"',
];

const directory = tempDir('log-full');
const canMount = await runToEnd({ name: 'mount', command: 'unshare', args: [...SMALL, directory.path, 'true'] }).then(
  ({ exit }) => exit.code === 0,
  () => false,
);
const reason = canMount ? '' : ' (not here: no user namespace to mount a small file system in)';

(canMount ? describe : describe.skip)(`a file system that is full${reason}`, () => {
  test('refuses appends as full, keeps what was acknowledged, and goes on when there is room', async () => {
    const args = [...SMALL, directory.path, process.execPath, ...childArgs(directory.path, 'fill', 'topic')];
    const { exit, output } = await runToEnd({ name: 'fill', command: 'unshare', args });
    await directory.remove();
    const said = (what: string): string[] => output.match(new RegExp(`^${what} .*$`, 'gm')) ?? [];
    expect(said('full')).toEqual(['full full', 'full full', 'full full']);
    const acknowledged = said('ack').map((line) => line.slice('ack '.length));
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(said('kept').map((line) => line.slice('kept '.length))).toEqual(acknowledged);
    expect(exit).toEqual({ code: 0, signal: null });
  }, 60_000);
});
