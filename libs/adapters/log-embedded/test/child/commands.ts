import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Claim, type Log, LogError, type OutgoingRecord } from '@tandem/stream';

const CONCURRENT = 8;

/** One line on the standard output; to a pipe, it is written when this returns. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function record(topic: string, partition: number, value: string): OutgoingRecord {
  return { topic, partition, key: null, value: Buffer.from(value), headers: { from: String(process.pid) } };
}

/** Appends without end, each appender pausing for so long in between; says `ack <partition> <offset> <value>` of each. */
export async function append(log: Log, topic: string, pauseMs: number): Promise<void> {
  const partitions = await log.partitions(topic);
  const padding = 'x'.repeat(500);
  let next = 0;
  const appender = async (): Promise<never> => {
    for (;;) {
      const i = next++;
      const value = `${process.pid}/${i}`;
      const [position] = await log.append([record(topic, i % partitions, `${value} ${padding}`)]);
      say(`ack ${i % partitions} ${position?.offset ?? -1} ${value}`);
      if (pauseMs > 0) await delay(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, appender));
}

/** Appends 20 records one by one and 10 at once; says `call <i>` before and `ack <i>` after each. */
export async function prove(log: Log, topic: string): Promise<void> {
  const one = async (i: number): Promise<void> => {
    say(`call ${i}`);
    await log.append([record(topic, 0, `${i}`)]);
    say(`ack ${i}`);
  };
  for (let i = 0; i < 20; i++) await one(i);
  await Promise.all(Array.from({ length: 10 }, (_, i) => one(20 + i)));
  say('done');
}

/** Copies the input to the output as a member of a group; says `holds <partition> <position>`. */
export async function copy(log: Log, input: string, output: string): Promise<void> {
  await log.join({
    group: 'copy',
    topics: [input],
    onClaim: async (claim: Claim) => {
      const { topic, partition, position, signal } = claim;
      say(`holds ${partition} ${position}`);
      for await (const batch of log.read({ topic, partition, from: position, maxBatchBytes: 200, signal })) {
        const outputs = batch.records.map((one) => ({ ...record(output, partition, ''), value: one.value }));
        await claim.commit(batch.nextOffset, outputs);
      }
    },
  });
}

/**
 * On a small file system: appends until it is refused, several times; makes room; appends again. Says `full <reason>`
 * for each refusal, `ack <offset>` for each append, and `room` in between.
 */
export async function fill(log: Log, topic: string, path: string): Promise<void> {
  const ballast = join(path, 'ballast');
  await writeFile(ballast, Buffer.alloc(4 * 1_048_576));
  for (let refusals = 0; refusals < 3;) {
    try {
      await appendOne(log, topic);
    } catch (error) {
      refusals += 1;
      say(`full ${error instanceof LogError ? error.reason : String(error)}`);
    }
  }
  await rm(ballast);
  say('room');
  for (let i = 0; i < 20; i++) await appendOne(log, topic);
  const { end } = await log.bounds(topic, 0);
  for await (const batch of log.read({ topic, partition: 0, from: 0, until: end })) {
    for (const { offset } of batch.records) say(`kept ${offset}`);
  }
}

async function appendOne(log: Log, topic: string): Promise<void> {
  const [position] = await log.append([record(topic, 0, 'x'.repeat(20_000))]);
  say(`ack ${position?.offset ?? -1}`);
}
