import { describe, expect, test } from '@jest/globals';
import { runToEnd, tempDir } from '@tandem/testing';
import { openEmbeddedLog } from '../src/index.ts';
import { childArgs, launchChild } from './child/launch-child.ts';

const TOPIC = 'topic';
/** Widens the moment between reading the newest transaction's number and publishing it from microseconds to this. */
const SLOW_OPEN = ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=pread64', '-e', 'inject=pread64:delay_exit=20000'];
/** Nobody commits most of the time, so that what an opening process has written is what the next one finds. */
const PAUSE_MS = '20';
const OPENS = 4;

const canInject = await runToEnd({ name: 'strace', command: 'strace', args: [...SLOW_OPEN, 'true'] }).then(
  ({ exit }) => exit.code === 0,
  () => false,
);
const reason = canInject ? '' : ' (not here: no strace that delays calls)';

(canInject ? describe : describe.skip)(`a process that opens the log while others append${reason}`, () => {
  test('takes nothing back that was acknowledged, and harms nobody', async () => {
    const directory = tempDir('log-open');
    const log = await openEmbeddedLog({ path: directory.path });
    await log.createTopics([{ name: TOPIC, partitions: 2, policy: 'delete', maxRecordBytes: 100_000 }]);
    const appenders = await Promise.all([1, 2, 3].map(() => launchChild(directory.path, 'append', TOPIC, PAUSE_MS)));
    const acknowledged = new Set<string>();
    for (const { output } of appenders) {
      output.onLine((line) => {
        const found = /^ack (\d+ \d+ \S+)$/.exec(line);
        if (found?.[1] !== undefined) acknowledged.add(found[1]);
      });
    }
    for (let opened = 0; opened < OPENS; opened++) {
      const before = acknowledged.size;
      const args = [...SLOW_OPEN, process.execPath, ...childArgs(directory.path, 'look', TOPIC)];
      const { exit } = await runToEnd({ name: 'look', command: 'strace', args });
      expect(exit).toEqual({ code: 0, signal: null });
      expect(acknowledged.size).toBeGreaterThan(before);
    }
    expect(appenders.map(({ exit }) => exit)).toEqual([undefined, undefined, undefined]);
    await Promise.all(appenders.map((appender) => appender.kill()));

    for (let partition = 0; partition < 2; partition++) {
      const { end } = await log.bounds(TOPIC, partition);
      for await (const { records } of log.read({ topic: TOPIC, partition, from: 0, until: end })) {
        for (const { offset, value } of records) {
          acknowledged.delete(
            `${partition} ${offset} ${
              Buffer.from(value ?? [])
                .toString()
                .split(' ')[0] ?? ''
            }`,
          );
        }
      }
    }
    expect([...acknowledged]).toEqual([]);
    await log.close();
    await directory.remove();
  }, 120_000);
});
