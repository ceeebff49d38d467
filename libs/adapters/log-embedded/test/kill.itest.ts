import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Log } from '@tandem/stream';
import { type LaunchedProcess, tempDir, type TempDir, until } from '@tandem/testing';
import { openEmbeddedLog } from '../src/index.ts';
import { launchChild } from './child/launch-child.ts';

const KILLS = 12;
const TIMEOUT_MS = 120_000;

let directory: TempDir;
let log: Log;
const children = new Set<LaunchedProcess>();

async function child(...command: string[]): Promise<LaunchedProcess> {
  const launched = await launchChild(directory.path, ...command);
  children.add(launched);
  return launched;
}

async function valuesOf(topic: string, partition: number): Promise<string[]> {
  const values: string[] = [];
  const { end } = await log.bounds(topic, partition);
  for await (const batch of log.read({ topic, partition, from: 0, until: end })) {
    for (const { value } of batch.records)
      values.push(
        Buffer.from(value ?? [])
          .toString()
          .split(' ')[0] ?? '',
      );
  }
  return values;
}

beforeEach(async () => {
  directory = tempDir('log-kill');
  log = await openEmbeddedLog({ path: directory.path });
  const settings = { partitions: 2, policy: 'delete', maxRecordBytes: 100_000 } as const;
  await log.createTopics(['input', 'output'].map((name) => ({ name, ...settings })));
});

afterEach(async () => {
  await Promise.all([...children].map((launched) => launched.kill()));
  children.clear();
  await log.close();
  await directory.remove();
});

/** What a child said it got acknowledged: `partition/offset` → value. */
function listen(launched: LaunchedProcess, acknowledged: Map<string, string>): void {
  launched.output.onLine((line) => {
    const [, partition, offset, value] = /^ack (\d+) (\d+) (\S+)$/.exec(line) ?? [];
    if (value !== undefined) acknowledged.set(`${partition}/${offset}`, value);
  });
}

describe('a data directory shared by processes that are killed', () => {
  test(
    'keeps everything acknowledged, each at its position, and goes on at once',
    async () => {
      const acknowledged = new Map<string, string>();
      const survivor = await child('append', 'input');
      listen(survivor, acknowledged);
      for (let kill = 0; kill < KILLS; kill++) {
        const victim = await child('append', 'input');
        listen(victim, acknowledged);
        const enough = acknowledged.size + 50 + Math.floor(Math.random() * 200);
        await until(() => acknowledged.size > enough, { what: 'acknowledgements', intervalMs: 1 });
        await victim.kill();
        const before = acknowledged.size;
        await survivor.waitFor(() => acknowledged.size > before + 20, { what: 'the survivor to go on' });
      }
      await survivor.kill();
      const kept = [await valuesOf('input', 0), await valuesOf('input', 1)];
      const lost = [...acknowledged].filter(([position, value]) => {
        const [partition, offset] = position.split('/').map(Number);
        return kept[partition ?? -1]?.[offset ?? -1] !== value;
      });
      expect(lost).toEqual([]);
      expect(acknowledged.size).toBeGreaterThan(KILLS * 50);
      for (const [partition, values] of kept.entries()) {
        expect(await log.bounds('input', partition)).toEqual({ start: 0, end: values.length });
      }
    },
    TIMEOUT_MS,
  );

  test(
    'copies every record exactly once, and a killed member’s partitions move within seconds',
    async () => {
      let sent = 0;
      const send = async (): Promise<void> => {
        const one = (): { topic: string; partition: number; key: null; value: Buffer } => {
          const value = Buffer.from(String(sent));
          return { topic: 'input', partition: sent++ % 2, key: null, value };
        };
        await log.append(Array.from({ length: 40 }, one));
      };
      const isCopied = async (): Promise<boolean> => {
        const counts = await Promise.all([0, 1].map((partition) => log.committed('copy', 'input', partition)));
        return counts.every((count) => count === sent / 2);
      };
      const workers = [await child('copy', 'input', 'output'), await child('copy', 'input', 'output')];
      for (let kill = 0; kill < KILLS / 2; kill++) {
        await send();
        await workers[kill % 2]?.kill();
        await send();
        await until(isCopied, { what: 'the other member to take over', timeoutMs: 6000 });
        workers[kill % 2] = await child('copy', 'input', 'output');
      }
      for (const partition of [0, 1]) {
        const expected = Array.from({ length: sent / 2 }, (_, i) => String(2 * i + partition));
        expect(await valuesOf('output', partition)).toEqual(expected);
      }
    },
    TIMEOUT_MS,
  );
});
