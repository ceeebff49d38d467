import { writeSync } from 'node:fs';
import { type Claim, type Log, type OutgoingRecord } from '@tandem/stream';

const CONCURRENT = 8;
const STDOUT = 1;

/** One line on the standard output, written before this returns. */
export function say(line: string): void {
  writeSync(STDOUT, `${line}\n`);
}

function record(topic: string, partition: number, value: string): OutgoingRecord {
  return { topic, partition, key: null, value: Buffer.from(value), headers: { from: String(process.pid) } };
}

/** Appends without end, and says each acknowledged position: `ack <partition> <offset> <value>`. */
export async function append(log: Log, topic: string): Promise<void> {
  const partitions = await log.partitions(topic);
  const padding = 'x'.repeat(500);
  let next = 0;
  const appender = async (): Promise<never> => {
    for (;;) {
      const i = next++;
      const value = `${process.pid}/${i}`;
      const [position] = await log.append([record(topic, i % partitions, `${value} ${padding}`)]);
      say(`ack ${i % partitions} ${position?.offset ?? -1} ${value}`);
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

/** Tails a partition; says `lag <ms>` per record, from the append time in its value. */
export async function tail(log: Log, topic: string): Promise<void> {
  say('tails');
  for await (const batch of log.read({ topic, partition: 0, from: 0 })) {
    for (const { value } of batch.records) {
      const sentMs = Number(
        Buffer.from(value ?? [])
          .toString('utf8', 0, 24)
          .split(' ')[0],
      );
      say(`lag ${performance.timeOrigin + performance.now() - sentMs}`);
    }
  }
}
